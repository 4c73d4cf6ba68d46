package indexfile

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

func TestResultsAreWritten(t *testing.T) {
	c := Columns{Stage: "treated", Unit: "code", Units: []string{"01001", `a "b", c`}, Cols: []Column{
		{"x", []float64{1.0 / 3, math.NaN()}}, {"y&z", []float64{1e-9, math.Copysign(0, -1)}},
	}}
	var b bytes.Buffer
	if err := c.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	if want := "code,x,y&z\n01001,0.3333333333333333,1e-09\n\"a \"\"b\"\", c\",,0\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Stage   string
		Units   []string
		Columns []struct {
			Key    string
			Values []*float64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatalf("%v: %s", err, &b)
	}
	if back.Stage != "treated" || back.Units[1] != `a "b", c` || back.Columns[1].Key != "y&z" ||
		*back.Columns[0].Values[0] != 1.0/3 || back.Columns[0].Values[1] != nil {
		t.Errorf("read back: %+v", back)
	}
}
