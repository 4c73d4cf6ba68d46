package twins

import (
	"fmt"
	"math"

	"bassin/internal/fault"
)

// Transform is what is done to a trait before it is scaled.
type Transform string

// The transforms.
const (
	Plain Transform = ""
	Log   Transform = "log" // natural logarithm; values must be above zero
)

// Trait is what units are compared on.
type Trait struct {
	Key       string
	Values    []float64 // one a unit, NaN where missing
	Transform Transform
	Weight    float64 // in the mean of squared differences; 0 stands for 1
}

// Options are what a comparison rests on besides the traits.
type Options struct {
	Clip    float64 // scaled values stay within ±Clip; 0 for no bound
	Shared  float64 // least share of the weight that two units must both have, from 0 to 1
	Workers int     // goroutines at once, 1 if less; no result depends on it
}

// Usual options. DefaultClip leaves a normal variable alone (beyond 5 lies one value
// in two million) and keeps one wild value from deciding a distance on its own.
const (
	DefaultClip   = 5
	DefaultShared = 0.7
)

func invalid(field, key string, args ...any) error {
	return fault.New(fault.Invalid, key, args...).In(field)
}

// check refuses traits that cannot be compared.
func check(traits []Trait, o Options) error {
	if len(traits) == 0 {
		return invalid("traits", "twins.no_trait")
	}
	if !(o.Clip >= 0) || math.IsInf(o.Clip, 0) {
		return invalid("clip", "twins.clip")
	}
	if !(o.Shared >= 0 && o.Shared <= 1) {
		return invalid("shared", "twins.shared")
	}
	n := len(traits[0].Values)
	seen := map[string]bool{}
	for i, t := range traits {
		field := fmt.Sprintf("traits[%d]", i)
		switch {
		case seen[t.Key]:
			return invalid(field, "twins.key_twice", t.Key)
		case len(t.Values) != n:
			return invalid(field, "twins.length", t.Key, len(t.Values), n)
		case t.Transform != Plain && t.Transform != Log:
			return invalid(field, "twins.transform", string(t.Transform), t.Key)
		case !(t.Weight >= 0) || math.IsInf(t.Weight, 0):
			return invalid(field, "twins.weight", t.Key)
		}
		seen[t.Key] = true
		for u, v := range t.Values {
			if math.IsInf(v, 0) {
				return invalid(field, "twins.infinite", t.Key, u)
			}
			if t.Transform == Log && v <= 0 {
				return invalid(field, "twins.log", t.Key, u)
			}
		}
	}
	return nil
}
