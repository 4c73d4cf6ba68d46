package carto

import (
	"strconv"
	"strings"
)

// tones are the colours of shaded maps: those of the site's style sheet, under the
// names of its classes. s1 to s7 go from the lowest to the highest; d1 to d4 are
// for what lies below a middle, d4 the farthest from it.
var tones = map[string]map[string]string{
	"light": {
		"s1": "#d3e4e3", "s2": "#b3d1d1", "s3": "#8ebabd", "s4": "#66a0a6", "s5": "#3f848d", "s6": "#1d6673", "s7": "#0a4552",
		"d1": "#f0dfbd", "d2": "#ddb671", "d3": "#b98330", "d4": "#7d4d06",
	},
	"dark": {
		"s1": "#1d3a41", "s2": "#24505a", "s3": "#2e6873", "s4": "#3f828c", "s5": "#5b9fa6", "s6": "#86bec2", "s7": "#bfe1e0",
		"d1": "#463817", "d2": "#785a20", "d3": "#b18938", "d4": "#ecc776",
	},
}

// Tones returns the colours of a theme, light or dark, by CSS class. It is shared.
func Tones(theme string) map[string]string { return tones[theme] }

// sequential spreads a number of classes over the seven tones.
var sequential = [...][]int{
	1: {4}, 2: {2, 6}, 3: {1, 4, 7}, 4: {1, 3, 5, 7}, 5: {1, 2, 4, 6, 7}, 6: {1, 2, 3, 5, 6, 7}, 7: {1, 2, 3, 4, 5, 6, 7},
}

// away spreads the classes of one side of a middle, the nearest first.
var away = [...][]int{1: {2}, 2: {1, 3}, 3: {1, 2, 4}, 4: {1, 2, 3, 4}}

// Tone is the CSS class of the colour of class i of a shaded map, from 0. Middle
// is the number of classes that lie below a middle, 0 for a plain scale; there are
// at most seven classes, and four on each side of a middle.
func Tone(i, classes, middle int) string {
	switch {
	case middle == 0:
		return "s" + strconv.Itoa(sequential[classes][i])
	case i < middle:
		return "d" + strconv.Itoa(away[middle][middle-1-i])
	}
	return "s" + strconv.Itoa([]int{0, 2, 4, 6, 7}[away[classes-middle][i-middle]])
}

// Hatched values and those that are imprecise have marks of their own.
const (
	MissingTone = "none"  // no value
	DoubtTone   = "doubt" // over the colour: imprecise or partial
	MinusTone   = "minus" // over the colour: below the middle, so that grey paper tells
)

// shadedStyle is the style of a shaded map served as an image, which no style
// sheet of the page reaches.
func shadedStyle(theme string) string {
	const base = `path{fill:none;stroke-linejoin:round}.again{fill:inherit}.h path{stroke-width:1.4}.m path{stroke-width:1.1}.q path{stroke-width:1.1}` +
		`.none{fill:url(#h)}.doubt{fill:url(#q)}.minus{fill:url(#m)}` +
		`.unit{stroke-width:.4}.dep{stroke-width:.6}.coast{stroke-width:.8}.frame{fill:none}` +
		`#p{stroke:inherit;stroke-width:inherit;stroke-linecap:round}.halo{stroke-width:2.9}.places{stroke-width:2}.part .halo{stroke-width:6}.part .places{stroke-width:4}` +
		`text{font:13px system-ui,sans-serif;paint-order:stroke;stroke-width:3px;stroke-linejoin:round}` +
		`@media(max-width:400px){.towns{display:none}}` // names would be too small to read
	const light = `.land{fill:#f3ecdd}.h{fill:#f3ecdd}.h path{stroke:#857b68}.q path{stroke:#faf6ed}.m path{stroke:#5b3a06;stroke-opacity:.4}.m .w{stroke:#fff;stroke-opacity:.45}.unit{stroke:#faf6ed}.dep{stroke:#857b68}.coast{stroke:#3d6670}.frame{stroke:#cfc4ad}` +
		`.halo{stroke:#fffdf8}.places{stroke:#b3700a}text{fill:#1d2628;stroke:#faf6edd0}circle{fill:#1d2628}`
	const dark = `.land{fill:#222c2c}.h{fill:#222c2c}.h path{stroke:#75807f}.q path{stroke:#10181b}.m path{stroke:#10181b;stroke-opacity:.5}.m .w{stroke:#fff;stroke-opacity:.2}.unit{stroke:#10181b}.dep{stroke:#7f8580}.coast{stroke:#7fb2bb}.frame{stroke:#3a4a48}` +
		`.halo{stroke:#10181b}.places{stroke:#f0bd5e}text{fill:#ece5d6;stroke:#10181bd0}circle{fill:#ece5d6}`
	day, night := light+fills("light"), dark+fills("dark")
	switch theme {
	case "light":
		return base + day
	case "dark":
		return base + night
	}
	return base + day + `@media(prefers-color-scheme:dark){` + night + `}`
}

func fills(theme string) string {
	var b strings.Builder
	for _, name := range []string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "d1", "d2", "d3", "d4"} {
		b.WriteString("." + name + "{fill:" + tones[theme][name] + "}")
	}
	return b.String()
}

// patterns are the marks of a shaded map.
const patterns = `<defs><pattern id="h" class="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5"/><path d="M0 0v5"/></pattern>` +
	`<pattern id="q" class="q" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0v4"/></pattern>` +
	`<pattern id="m" class="m" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 2h5"/><path class="w" d="M0 3.2h5"/></pattern></defs>`
