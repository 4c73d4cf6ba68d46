// Package carto draws maps on the server, as SVG that a page embeds or serves as
// an image: no script, no tile, no third party. It knows outlines and territories
// but no feature; what a map says (addresses, words, classes) is given by the page.
//
// Colours and strokes are CSS classes, listed in carto.css, so that light, dark
// and paper each have their own.
package carto
