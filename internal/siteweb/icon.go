package siteweb

import (
	"net/http"

	"bassin/internal/web"
)

// mark is the sign of Bassin on its own: contour lines around a basin, light on
// dark grounds.
const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>svg{color:#0b5568}@media(prefers-color-scheme:dark){svg{color:#7fc4d6}}</style><g fill="none" stroke="currentColor" stroke-linejoin="round"><path stroke-width="2" d="M16.2 1.6c7.3 0 13.4 3.7 14.1 10.7.7 7.3-4.2 9.9-7 13.6-2.3 3.1-4.9 5-9 4.5C6.5 29.4 1.4 22.9 1.7 15.4 2.1 7.7 8 1.6 16.2 1.6z"/><path stroke-width="2.4" d="M16.6 6.7c5 .1 8.7 2.7 8.9 7.1.2 4.4-2.9 6.2-5 8.8-1.6 2-3.5 3.2-6.2 2.7-4.8-.9-8-5-7.8-9.8.3-5.2 4.7-8.9 10.1-8.8z"/></g><path fill="currentColor" d="M16.9 11.6c2.5.1 4.1 1.4 4.1 3.6 0 2.1-1.4 2.9-2.5 4.2-.9 1.1-1.9 1.8-3.3 1.4-2.3-.6-3.7-2.6-3.5-4.9.2-2.6 2.4-4.4 5.2-4.3z"/></svg>`

// icon answers with the mark, for the tab of the browser.
func (p *Pages) icon(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Cache-Control", "public, max-age=86400")
	return web.Respond(w, r, []byte(mark))
}
