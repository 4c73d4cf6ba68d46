package web

import "html/template"

// Kind says how much a notice asks of the reader.
type Kind string

// The kinds of notices.
const (
	Info      Kind = "info"      // worth knowing
	Attention Kind = "attention" // worth acting on
	Done      Kind = "done"      // what was asked is done
)

// Notice is a message set apart from the text.
type Notice struct {
	Kind  Kind
	Title string
	Text  string
	Body  template.HTML // instead of Text, where links are needed
	Role  string        // status or alert for a message that appears after an action, "" otherwise
}

// Search is the search box. It works as a form; the script of the site makes it
// a combobox that suggests.
type Search struct {
	ID     string // of the field, unique in the page; "q" is that of the header
	Label  string // the catalogue's if empty
	Help   string
	Value  string
	Action string // path in French words, /recherche if empty
	Name   string // of the parameter, q if empty
	Levels string // levels to suggest, separated by commas; all if empty
	Hidden []Hidden
	Big    bool
	Button string // the catalogue's if empty
}

// Hidden is a parameter that a form carries along.
type Hidden struct{ Name, Value string }

// Field is a field of a form, with its label above and its help under.
type Field struct {
	Name, Label, Help, Example string
	Type                       string // text, email, number, textarea, select, checkbox, radio, search; text if empty
	Value                      string
	Error                      string // what is wrong, shown beside the field
	Autocomplete               string
	Required                   bool
	Options                    []Option // of select, checkbox and radio
	Groups                     []Group  // of select, after Options
	Rows                       int      // of a textarea
}

// Option is one choice of a field.
type Option struct {
	Value, Label string
	Chosen       bool
}

// Group is options of a select under a title.
type Group struct {
	Label   string
	Options []Option
}

// Errors gathers on top of a form what is wrong in its fields.
type Errors struct {
	Items []FieldError
	Still bool // an example: the script leaves the focus where it is
}

// FieldError is one thing wrong, with the name of its field.
type FieldError struct{ Field, Text string }

// Source says where figures come from, in one line.
type Source struct {
	Title    string
	Producer string
	Vintage  string
	Licence  string
	Credit   string // credit line asked for by the licence
	Href     string // our page on the source
}

// Figure is a finding: a sentence, the number, its place among its peers, its
// change, its source.
type Figure struct {
	ID       string
	Sentence string
	Value    string // in the reader's format
	Unit     string
	Change   string // in words: +3,2 % depuis 2016
	Chart    Component
	Note     string
	Sources  []Source
	Table    string // address of the table, if it is elsewhere
	Method   string // address of the method
}

// Table is a table of figures. Its first column names the row.
type Table struct {
	ID       string // unique in the page
	Caption  string
	Quiet    bool // the caption is read aloud only: a heading says it already
	Columns  []Column
	Rows     [][]Cell
	Sortable bool // the script may sort it: all rows are there
	More     *Anchor
	Note     string
}

// Column is a column of a table.
type Column struct {
	Title   string
	Numeric bool
	Sort    string // address of the same page sorted by this column, for readers without script
	Sorted  string // ascending or descending, where the table is sorted by it
}

// Cell is a cell of a table.
type Cell struct {
	Text  string
	Href  string // path in French words
	Sort  string // value to sort by, where Text does not sort as it should
	Note  string // in small type after the text
	Marks []Mark
}

// Anchor is a link with its text. Href is a path in French words, or absolute.
type Anchor struct {
	Text    string
	Href    string
	Strong  bool // the main action of the page, drawn as a button
	Quiet   bool
	Icon    string
	Rel     string
	Current bool
}

// Mark is a short tag: a programme, a status.
type Mark struct {
	Text      string
	Title     string // its meaning in words, read after the text
	Href      string
	Attention bool
}

// Details folds what is secondary.
type Details struct {
	Summary string
	Body    template.HTML
	Open    bool
}

// Card is a way in: a title that links, a sentence.
type Card struct {
	Title, Text, Href, Meta string
	Icon                    string
}

// Fact is a line of a list of facts.
type Fact struct {
	Term  string
	Text  string
	Href  string
	Body  template.HTML // instead of Text
	Note  string
	Marks []Mark
}

// Facts is a list of facts, term by term.
type Facts struct{ Items []Fact }

// State is what stands where there is nothing to show: it says what to do next.
type State struct {
	Kind   string // empty, loading, wrong
	Title  string
	Text   string
	Action *Anchor
}

// Pagination leads to the next and previous parts of a list.
type Pagination struct {
	Label          string // what is paged, read aloud
	Text           string // where the reader is: 101 à 200 sur 1 707
	Previous, Next string // addresses, "" at the ends
}

// Links is a row of links: exports, actions of a page.
type Links struct {
	Label string // read aloud
	Items []Anchor
}

// Copy is a button that copies an address, this page's if Href is empty. It shows
// only where the script that does it runs.
type Copy struct{ Href string }

func (Copy) component() string       { return "web/copy" }
func (Notice) component() string     { return "web/notice" }
func (Search) component() string     { return "web/search" }
func (Field) component() string      { return "web/field" }
func (Errors) component() string     { return "web/errors" }
func (Source) component() string     { return "web/source" }
func (Figure) component() string     { return "web/figure" }
func (Table) component() string      { return "web/table" }
func (Anchor) component() string     { return "web/anchor" }
func (Mark) component() string       { return "web/mark" }
func (Details) component() string    { return "web/details" }
func (Card) component() string       { return "web/card" }
func (Facts) component() string      { return "web/facts" }
func (State) component() string      { return "web/state" }
func (Pagination) component() string { return "web/pagination" }
func (Links) component() string      { return "web/links" }
