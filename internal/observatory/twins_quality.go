package observatory

import (
	_ "embed"
	"encoding/json"

	"bassin/internal/territory"
)

// TwinOutcomes are what twins are judged on: figures of every axis that are not
// traits and cannot be computed from traits. The estimate of illectronisme, made
// of ages among others, is not one.
var TwinOutcomes = []string{
	"ftth", "over_100", "dsl", "fixed_4g",
	"rsa_share", "ppa_share", "aah_share", "jobseekers_share",
	"below_bac", "higher_ed", "managers", "workers", "alone_80", "lone_parents", "unemployment_2022",
	"apl_gp", "apl_nurses", "pharmacies_rate", franceServicesKm, "post_offices_rate", "local_shops_rate", "banks_rate",
	"schools_rate", "libraries_rate", "commute_km", "elec_per_home",
}

// TwinsJudged is how many twins answer when they are judged.
const TwinsJudged = 10

// TwinQuality sums up how good the twins of a level are, on the project's data.
type TwinQuality struct {
	OverClass      float64 `json:"overClass"`      // median over the outcomes, see [twins.Skill]
	OverRegression float64 `json:"overRegression"` // median over the outcomes
	Outcomes       int     `json:"outcomes"`
	BeatClass      int     `json:"beatClass"`      // outcomes that twins tell better than the mean of the class
	BeatRegression int     `json:"beatRegression"` // outcomes that twins tell better than a regression
	Stability      float64 `json:"stability"`      // see [twins.Steadiness]
}

//go:embed twins_quality.json
var twinQuality []byte // written by a test, and held to what is computed

// QualityOfTwins is how good the twins of a level were found to be.
func QualityOfTwins(l territory.Level) (TwinQuality, bool) {
	var all map[territory.Level]TwinQuality
	if json.Unmarshal(twinQuality, &all) != nil {
		return TwinQuality{}, false
	}
	q, ok := all[l]
	return q, ok
}
