package notice

import (
	"encoding/json"
	"testing"

	"bassin/internal/fault"
)

func TestMailEvent(t *testing.T) {
	good := Mail{To: "Zoé <zoe@example.fr>", Subject: "Séance", Text: "Bonjour", Unsubscribe: "https://bassin.example.fr/stop"}
	e, err := good.Event("zoe")
	if err != nil || e.Kind != MailKind || e.Person != "zoe" {
		t.Fatalf("Event: %+v, %v", e, err)
	}
	var back Mail
	if err := json.Unmarshal(e.Body, &back); err != nil || back != good {
		t.Errorf("the body reads back as %+v, %v", back, err)
	}
	for name, spoil := range map[string]func(*Mail){
		"no address":      func(m *Mail) { m.To = "zoe" },
		"two addresses":   func(m *Mail) { m.To = "a@example.fr, b@example.fr" },
		"address folded":  func(m *Mail) { m.To = "zoe@example.fr\r\n" },
		"forged header":   func(m *Mail) { m.Subject = "x\nBcc: eve@example.fr" },
		"no plain text":   func(m *Mail) { m.Text, m.HTML = " ", "<p>x</p>" },
		"no subject":      func(m *Mail) { m.Subject = "" },
		"clear link":      func(m *Mail) { m.Unsubscribe = "http://bassin.example.fr/stop" },
		"forged link":     func(m *Mail) { m.Unsubscribe += ">\r\nBcc: eve@example.fr" },
		"script for link": func(m *Mail) { m.Unsubscribe = "javascript:alert(1)" },
	} {
		m := good
		spoil(&m)
		if _, err := m.Event("zoe"); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want fault.Invalid", name, err)
		}
	}
}
