package web

import "html/template"

// favicon is the sign at the size of a tab, inside the page: one request fewer on a slow line.
const favicon template.URL = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 34 31'%3E%3Cpath fill='%23faf6ed' stroke='%230b5260' stroke-width='2' d='M2 15C1 8 7 2 15 1.600 23 1 31 5 32 12c1 6-3 12-9 15-6 3-13 3-17-1C3 23 3 20 2 15z'/%3E%3Cpath fill='%230b5260' d='M12 16c0-4 4-7 8-6 4 .5 6 3 5 6-1 4-5 7-9 6.500-3-.3-4-3-4-6.500z'/%3E%3C/svg%3E"

// mark is Bassin's sign: contour lines around a basin.
const mark template.HTML = `<svg class="mark" viewBox="0 0 34 31" width="36" height="33" aria-hidden="true" focusable="false"><g fill="none" stroke="currentColor" stroke-linejoin="round"><path stroke-width="1.4" d="M2.2 15.5C1.2 8 7.5 2.2 15.5 1.6 23.500 1 31 4.800 32.300 11.700c1.200 6.600-3 12.200-9.300 15.200-5.700 2.700-12.400 3-16.600-.9C3.400 23.200 2.700 19.500 2.200 15.500z"/><path stroke-width="1.7" d="M8 16.300C7.600 10.900 12.300 7 17.900 6.500c5.600-.5 10.500 2.200 11 7.100.5 4.800-3.700 8.700-8.700 10.600-4.400 1.600-8.200 1.100-10.200-1.900C8.700 20.400 8.200 18.500 8 16.300z"/></g><path fill="currentColor" d="M14.600 16.200c0-3 3-4.900 6-4.600 2.700.2 4.200 2.200 3.600 4.600-.7 2.800-3.600 4.800-6.200 4.700-2.300-.1-3.400-2.100-3.400-4.700z"/></svg>`

// icons are drawn on a grid of 20, with one width of line.
var icons = map[string]string{
	"search":   `<circle cx="8.5" cy="8.5" r="5.5"/><path d="M12.7 12.7 18 18"/>`,
	"arrow":    `<path d="M3 10h13M11 5l5 5-5 5"/>`,
	"back":     `<path d="M17 10H4M9 5l-5 5 5 5"/>`,
	"down":     `<path d="M10 3v10M5.5 9 10 13.5 14.5 9M3 17h14"/>`,
	"alert":    `<path d="M10 2.5 18.5 17h-17zM10 8v4M10 14.4v.2"/>`,
	"info":     `<circle cx="10" cy="10" r="7.8"/><path d="M10 9v5M10 6v.2"/>`,
	"done":     `<circle cx="10" cy="10" r="7.8"/><path d="m6.2 10.2 2.6 2.6 5-5.2"/>`,
	"link":     `<path d="M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1"/>`,
	"print":    `<path d="M5.5 7V2.5h9V7M5.5 14H3V7h14v7h-2.5M5.5 11.5h9v6h-9z"/>`,
	"map":      `<path d="M2.5 5 7.5 3l5 2 5-2v12l-5 2-5-2-5 2zM7.5 3v12M12.5 5v12"/>`,
	"table":    `<path d="M2.5 4h15v12h-15zM2.5 8h15M2.5 12h15M8 4v12"/>`,
	"edit":     `<path d="m3 17 1-4 9.5-9.5 3 3L7 16z"/>`,
	"building": `<path d="M2.5 17.5h15M4 17.5V8l6-5 6 5v9.5M8 17.5V12h4v5.5"/>`,
	"person":   `<circle cx="10" cy="6.5" r="3.5"/><path d="M3 17.5c.5-4 3.200-6 7-6s6.5 2 7 6"/>`,
	"people":   `<circle cx="7.5" cy="7" r="3"/><path d="M2 16.5c.4-3.400 2.5-5 5.5-5s5.100 1.600 5.5 5M12.5 4.300a3 3 0 0 1 0 5.400M14.5 12c2 .6 3.200 2.100 3.5 4.5"/>`,
	"server":   `<path d="M3 3.5h14v5H3zM3 11.5h14v5H3zM6 6v.1M6 14v.1"/>`,
	"hand":     `<path d="M2.5 10 6 6.5l4 1.5 4-1.5 3.5 3.5-6 6.5c-1 1-2 1-3 0z"/>`,
	"chart":    `<path d="M3 3v14h14M6.5 13l3-4 3 2 4-6"/>`,
}

// icon draws a named icon beside a text that says the same.
func icon(name string) template.HTML {
	d, ok := icons[name]
	if !ok {
		return ""
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">` + d + `</svg>`)
}
