package web

import "testing"

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Lannion": "Lannion", "L'Île": "L'Île", "a=b": "a=b",
		"=1+1": "'=1+1", "+33": "'+33", "-2": "'-2", "@a": "'@a", "\tx": "'\tx", "\nx": "'\nx",
	} {
		if got := Harmless(in); got != want {
			t.Errorf("Harmless(%q) = %q, want %q", in, got, want)
		}
	}
}
