package observatoryweb

import (
	"fmt"
	"io"
	"strings"

	"bassin/internal/web"
)

// WriteMarkdown writes the diagnosis as its page says it, part by part, the map as
// its table.
func (c Document) WriteMarkdown(w io.Writer) error {
	l, v := c.d.l, c.d.view(c.x)
	m := markdown{w: w}
	m.line("# " + plain(v.Title))
	m.line(plain(joined(append([]string{v.Kind + "."}, append(v.Perimeter, v.Age)...))))
	for _, s := range v.Answer {
		m.line(plain(s))
	}
	if v.Parts != nil {
		m.line("## " + l.T("diagnosis.section.map"))
		m.table(v.Parts)
	}
	m.line("## " + l.T("diagnosis.section.places"))
	if v.Places == nil {
		m.line(l.T("diagnosis.place.none"))
	} else {
		m.table(v.Places)
	}
	if len(v.PlacesNote) > 0 {
		m.line(plain(l.T("diagnosis.place.also") + " " + strings.Join(v.PlacesNote, ", ") + ". " + l.T("diagnosis.place.uneven")))
	}
	if len(v.Visits) > 0 {
		m.line("## " + l.T("diagnosis.section.visits"))
		m.line(plain(v.VisitsRule))
		m.list(len(v.Visits), func(i int) string {
			return fmt.Sprintf("%d. **%s** %s", i+1, plain(v.Visits[i].Name), plain(v.Visits[i].Why))
		})
	}
	m.line("## " + l.T("diagnosis.section.figures"))
	if s := widest(c.x.Figures); s != nil {
		m.line(plain(l.T("diagnosis.compared", c.d.peers(s))))
	}
	for _, f := range v.Figures {
		m.line("### " + plain(strings.TrimSpace(f.Value+" "+f.Unit)))
		m.line(plain(joined(append([]string{f.Sentence}, sentences(f)...))))
	}
	for _, s := range v.Missing {
		m.line(plain(s))
	}
	m.line("## " + l.T("diagnosis.section.networks"))
	m.list(len(v.Networks)+1, func(i int) string {
		if i == len(v.Networks) {
			return "- **" + l.T("diagnosis.networks.mobile_term") + "** " + plain(v.Mobile)
		}
		f := v.Networks[i]
		return fmt.Sprintf("- **%s** %s (%s)", plain(f.Term), plain(f.Text), plain(f.Note))
	})
	if len(v.Marks) > 0 {
		m.line("## " + l.T("diagnosis.section.marks"))
	}
	for _, k := range v.Marks {
		m.line("### " + plain(k.Title))
		m.line(plain(k.Text))
		m.list(len(k.Links), func(i int) string { return "- " + plain(k.Links[i].Text) })
	}
	m.line("## " + l.T("diagnosis.section.limits"))
	m.list(len(v.Limits), func(i int) string { return "- " + plain(v.Limits[i]) })
	m.list(len(v.Sources), func(i int) string {
		s := v.Sources[i]
		return "- " + plain(strings.Join(some([]string{s.Producer, s.Title, s.Vintage, s.Licence}), ", "))
	})
	return m.err
}

// sentences are what stands under a figure: its change, its notes, its source.
func sentences(f web.Figure) []string {
	var out []string
	if f.Change != "" {
		out = append(out, f.Change+".")
	}
	if f.Note != "" {
		out = append(out, f.Note)
	}
	for _, s := range f.Sources {
		out = append(out, "("+strings.Trim(s.Producer+", "+s.Title+", "+s.Vintage, ", ")+")")
	}
	return out
}

// markdown writes and keeps the first error.
type markdown struct {
	w     io.Writer
	begun bool
	err   error
}

// line writes a paragraph or a heading, apart from the one before.
func (m *markdown) line(s string) {
	if m.begun {
		s = "\n" + s
	}
	m.begun = true
	m.write(s + "\n")
}

func (m *markdown) write(s string) {
	if m.err == nil {
		_, m.err = io.WriteString(m.w, s)
	}
}

func (m *markdown) list(n int, item func(int) string) {
	for i := range n {
		if i == 0 {
			m.line(item(i))
		} else {
			m.write(item(i) + "\n")
		}
	}
}

func (m *markdown) table(t *web.Table) {
	var heads, rules []string
	for _, c := range t.Columns {
		heads = append(heads, plain(c.Title))
		rule := "---"
		if c.Numeric {
			rule = "---:"
		}
		rules = append(rules, rule)
	}
	m.line("| " + strings.Join(heads, " | ") + " |")
	m.write("| " + strings.Join(rules, " | ") + " |\n")
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			text := plain(c.Text)
			if c.Note != "" {
				text += ", " + plain(c.Note)
			}
			cells = append(cells, text)
		}
		m.write("| " + strings.Join(cells, " | ") + " |\n")
	}
}

// plain keeps what was typed in a name from being read as Markdown or HTML.
func plain(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "#", "\\#",
		"\n", " ", "\r", " ").Replace(strings.TrimSpace(s))
}
