// Package mediaweb is how attachments leave and come in over HTTP: their addresses, the
// headers that keep them harmless, and what other pages show of them. It decides no
// right: who may read one is asked of its subject's owner, who may add of the page.
package mediaweb
