// Command build makes the style sheets and scripts that the server embeds, from
// the sources of this folder's neighbours and of the page rooms. It is run from
// the root of the repository before go build; nothing else depends on it.
package main
