// Package assets owns the style sheets and scripts that pages load: built by
// the program in build, embedded, served under names that carry their content.
// It knows no page.
package assets
