package illectronisme

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Rate is a published share of a group that is in situation of illectronisme.
type Rate struct {
	Share float64 // between 0 and 1
	Year  int     // of the survey
}

// Survey is what one edition of the survey says by age.
type Survey struct {
	Year   int
	Metro  bool // All is the rate of metropolitan France, not of France without Mayotte
	All    Rate // residents aged 15 or over
	Young  Rate // the youngest group published: 15-24 in 2021, 15-44 in 2019
	From60 Rate // 60-74
	From75 Rate
}

// Rates are the published rates that the estimate rests on.
type Rates struct {
	Surveys [2]Survey // 2021 and 2019, the latest first

	// By diploma, people aged 15 or over.
	Certificate Rate // at most the certificat d'études
	Bac3        Rate // three years of higher education or more

	// By former occupation, retired people.
	Retired             Rate // all of them
	FormerFarmersTrades Rate
	FormerManagers      Rate
	FormerIntermediate  Rate
	FormerWorkers       Rate
}

const (
	france2021 = "France excl. Mayotte"
	metro2019  = "metropolitan France"
)

// ReadRates reads the rates from the table of published figures: CSV with the
// columns geography, year, group, value and unit, values in percent. Rows it has no
// use for are passed over; one that is missing, twice there or no percentage is an error.
func ReadRates(r io.Reader) (Rates, error) {
	out := Rates{Surveys: [2]Survey{{Year: 2021}, {Year: 2019, Metro: true}}}
	now, before := &out.Surveys[0], &out.Surveys[1]
	wanted := []struct {
		geography string
		year      int
		group     string
		to        *Rate
	}{
		{france2021, 2021, "15+ all", &now.All},
		{france2021, 2021, "age 15-24", &now.Young},
		{france2021, 2021, "age 60-74", &now.From60},
		{france2021, 2021, "age 75+", &now.From75},
		{metro2019, 2019, "15+ all", &before.All},
		{metro2019, 2019, "age 15-44", &before.Young},
		{metro2019, 2019, "age 60-74", &before.From60},
		{metro2019, 2019, "age 75+", &before.From75},
		{france2021, 2021, "at most certificat d'études", &out.Certificate},
		{france2021, 2021, "bac+3 or more", &out.Bac3},
		{france2021, 2021, "retired", &out.Retired},
		{france2021, 2021, "retired: former farmers and trades", &out.FormerFarmersTrades},
		{france2021, 2021, "retired: former managers", &out.FormerManagers},
		{france2021, 2021, "retired: former intermediate professions", &out.FormerIntermediate},
		{france2021, 2021, "retired: former workers", &out.FormerWorkers},
	}
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return Rates{}, fmt.Errorf("published rates: %w", err)
	}
	var at [5]int
	for i, name := range []string{"geography", "year", "group", "value", "unit"} {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return Rates{}, fmt.Errorf("published rates: column %q is missing", name)
		}
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Rates{}, fmt.Errorf("published rates: %w", err)
		}
		for _, w := range wanted {
			if row[at[0]] != w.geography || row[at[1]] != strconv.Itoa(w.year) || row[at[2]] != w.group {
				continue
			}
			line, _ := rows.FieldPos(at[3])
			value, err := strconv.ParseFloat(row[at[3]], 64)
			switch {
			case err != nil || row[at[4]] != "%" || !(value > 0 && value < 100):
				return Rates{}, fmt.Errorf("published rates: line %d: %q %s is not a percentage between 0 and 100", line, row[at[3]], row[at[4]])
			case w.to.Year != 0:
				return Rates{}, fmt.Errorf("published rates: line %d: %q is there twice", line, w.group)
			}
			*w.to = Rate{Share: value / 100, Year: w.year}
		}
	}
	for _, w := range wanted {
		if w.to.Year == 0 {
			return Rates{}, fmt.Errorf("published rates: %q of %s in %d is missing", w.group, w.geography, w.year)
		}
	}
	return out, nil
}
