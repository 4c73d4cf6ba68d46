package harvest

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
)

// Fetcher is the [commons.Fetcher] of the network.
type Fetcher struct {
	Client *Client
	// Publiccode reads a publiccode.yml.
	Publiccode commons.Reader
	// Catalogue reads a page of a catalogue of data that was at an address, of a media
	// type that may be wrong; next is the address of the next page, "" on the last.
	Catalogue func(ctx context.Context, at, mediaType string, body []byte) (found []commons.Found, next string, findings []commons.Finding)
}

// Bounds of a source.
const (
	mostAddresses = 50_000 // of a list
	mostPages     = 20_000 // of a catalogue
	filesOfPage   = 20     // of a list of files
	entriesOfPage = 200    // of another Bassin
)

// Media types that are asked for.
const (
	wantsYAML = "text/yaml, application/yaml, text/plain;q=0.9, */*;q=0.5"
	wantsList = "application/json, text/csv, text/plain;q=0.9, */*;q=0.5"
	wantsData = "application/ld+json, text/turtle;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1"
	wantsJSON = "application/json"
)

// Validators are those that the files of a source had.
type Validators = func(ctx context.Context, records []string) (map[string]string, error)

// Open implements [commons.Fetcher].
func (f *Fetcher) Open(src commons.Source, validators func(context.Context, []string) (map[string]string, error)) commons.Fetch {
	switch src.Kind {
	case commons.OneFile:
		return &files{Fetcher: f, src: src, validators: validators, list: []string{src.Address}}
	case commons.ManyFiles:
		return &files{Fetcher: f, src: src, validators: validators}
	case commons.OtherBassin:
		return &bassin{Fetcher: f, src: src}
	case commons.OfData:
	}
	return &data{Fetcher: f, src: src, seen: map[string]bool{}}
}

// files are publiccode.yml files, each read on its own.
type files struct {
	*Fetcher
	src        commons.Source
	validators Validators
	list       []string
}

// Page implements [commons.Fetch]: at is the number of the first file.
func (f *files) Page(ctx context.Context, at string) (commons.Fetched, error) {
	out := commons.Fetched{Refused: map[string][]commons.Finding{}, Validators: map[string]string{}}
	if f.list == nil {
		a, err := f.Client.Get(ctx, f.src.Address, wantsList, "")
		if err != nil {
			return out, err
		}
		out.Bytes = int64(len(a.Body))
		if f.list = Addresses(a.At, a.Body); len(f.list) == 0 {
			return out, fault.New(fault.Unavailable, "harvest.error.no_address")
		}
		if len(f.list) > mostAddresses {
			f.list = f.list[:mostAddresses]
			out.Findings = append(out.Findings, commons.Finding{Severity: commons.Warning, Key: "harvest.many_addresses", Args: []any{mostAddresses}})
		}
	}
	first, _ := strconv.Atoi(at)
	first = min(max(first, 0), len(f.list))
	part := f.list[first:min(first+filesOfPage, len(f.list))]
	known, err := f.validators(ctx, part)
	if err != nil {
		return out, err
	}
	for _, address := range part {
		if err := f.file(ctx, address, known[address], &out); err != nil {
			return out, err
		}
	}
	next := first + len(part)
	out.Next, out.Last = strconv.Itoa(next), next >= len(f.list)
	return out, nil
}

// file reads one file. One that does not answer keeps what it said; one that is no
// longer there loses it.
func (f *files) file(ctx context.Context, address, validator string, out *commons.Fetched) error {
	a, err := f.Client.Get(ctx, address, wantsYAML, validator)
	e, inWords := errors.AsType[*fault.Error](err)
	switch {
	case err == nil && a.Same:
		out.Kept = append(out.Kept, address)
		return nil
	case err == nil:
	case !inWords || f.src.Kind == commons.OneFile && e.Code != fault.NotFound:
		return err
	case e.Code == fault.NotFound:
		out.Findings = append(out.Findings, commons.Finding{Severity: commons.Warning, Key: "harvest.file_gone", Args: []any{address}})
		return nil
	default:
		out.Refused[address] = []commons.Finding{{Severity: commons.Wrong, Key: e.Key, Args: e.Args}}
		return nil
	}
	out.Bytes += int64(len(a.Body))
	found, findings := f.Publiccode.Read(a.Body)
	if len(found) == 0 {
		out.Refused[address] = findings
		return nil
	}
	found[0].Record = address
	out.Found = append(out.Found, found[0])
	out.Validators[address] = a.Validator
	for _, x := range findings {
		if x.Severity != commons.Note {
			out.Findings = append(out.Findings, x)
		}
	}
	return nil
}

// Addresses are those of publiccode.yml files in a list: one a line, in the cells of CSV,
// or anywhere in JSON. Where some end as such files do, others are left out.
func Addresses(base string, body []byte) []string {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	var all []string
	switch head := bytes.TrimLeft(body, " \t\r\n"); {
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		d := json.NewDecoder(bytes.NewReader(head)) // token by token: a list may be deep
		for {
			t, err := d.Token()
			if err != nil {
				break
			}
			if s, ok := t.(string); ok {
				all = append(all, s)
			}
		}
	default:
		for line := range strings.SplitSeq(string(body), "\n") {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "#") {
				continue
			}
			r := csv.NewReader(strings.NewReader(line))
			r.LazyQuotes = true
			if strings.Count(line, ";") > strings.Count(line, ",") {
				r.Comma = ';'
			}
			cells, err := r.Read()
			if err != nil {
				cells = []string{line}
			}
			all = append(all, cells...)
		}
	}
	var files, others []string
	seen := map[string]bool{}
	from, err := url.Parse(base)
	for _, v := range all {
		v = strings.TrimSpace(v)
		name := path.Base(strings.ToLower(v))
		name, _, _ = strings.Cut(name, "?")
		file := name == "publiccode.yml" || name == "publiccode.yaml"
		if file && !strings.Contains(v, "://") && err == nil {
			if u, bad := from.Parse(v); bad == nil {
				v = u.String()
			}
		}
		if _, bad := allowed(v); bad != nil || len(v) > 500 || seen[v] {
			continue
		}
		seen[v] = true
		if file {
			files = append(files, v)
		} else {
			others = append(others, v)
		}
	}
	if len(files) > 0 {
		return files
	}
	return others
}

// data is a catalogue of data.
type data struct {
	*Fetcher
	src  commons.Source
	seen map[string]bool
}

// Page implements [commons.Fetch]: at is the address of the page.
func (d *data) Page(ctx context.Context, at string) (commons.Fetched, error) {
	validator := ""
	if at == "" {
		at, validator = d.src.Address, d.src.Validator // kept of catalogues of one page only
	}
	if d.seen[at] || len(d.seen) > mostPages {
		return commons.Fetched{}, fault.New(fault.Unavailable, "harvest.error.circle")
	}
	first := len(d.seen) == 0 && at == d.src.Address
	d.seen[at] = true
	a, err := d.Client.Get(ctx, at, wantsData, validator)
	if err != nil {
		return commons.Fetched{}, err
	}
	if a.Same {
		return commons.Fetched{Unchanged: true, Last: true, Validator: validator}, nil
	}
	found, next, findings := d.Catalogue(ctx, a.At, a.Type, a.Body)
	if len(found) == 0 && next == "" && slices.ContainsFunc(findings, func(f commons.Finding) bool { return f.Severity == commons.Wrong }) {
		i := slices.IndexFunc(findings, func(f commons.Finding) bool { return f.Severity == commons.Wrong })
		return commons.Fetched{}, fault.New(fault.Unavailable, findings[i].Key, findings[i].Args...) // a broken document withdraws nothing
	}
	out := commons.Fetched{Found: found, Next: next, Last: next == "", Bytes: int64(len(a.Body))}
	for _, f := range findings {
		if f.Severity != commons.Note {
			out.Findings = append(out.Findings, f)
		}
	}
	if first && out.Last {
		out.Validator = a.Validator
	}
	return out, nil
}

// bassin is another installation.
type bassin struct {
	*Fetcher
	src commons.Source
}

// Page implements [commons.Fetch]: at is the cursor that the other gave.
func (b *bassin) Page(ctx context.Context, at string) (commons.Fetched, error) {
	address := strings.TrimSuffix(b.src.Address, "/") + "/api/v1/commons/changes?limit=" + strconv.Itoa(entriesOfPage)
	if at != "" {
		address += "&after=" + url.QueryEscape(at)
	}
	a, err := b.Client.Get(ctx, address, wantsJSON, "")
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Code == fault.NotFound && at != "" {
		return commons.Fetched{Anew: true}, nil
	}
	if err != nil {
		return commons.Fetched{}, err
	}
	var page commons.Changes
	if json.Unmarshal(a.Body, &page) != nil || page.Next == "" {
		return commons.Fetched{}, fault.New(fault.Unavailable, "harvest.error.no_bassin")
	}
	if page.More && page.Next == at {
		return commons.Fetched{}, fault.New(fault.Unavailable, "harvest.error.circle")
	}
	out := commons.Fetched{Next: page.Next, Last: !page.More, Bytes: int64(len(a.Body))}
	for _, c := range page.Items {
		if _, err := allowed(c.Origin); err != nil || !c.Kind.Valid() {
			out.Findings = append(out.Findings, commons.Finding{Severity: commons.Warning, Key: "harvest.no_origin", Args: []any{c.ID}})
			continue
		}
		if c.State != commons.Published {
			out.Gone = append(out.Gone, c.Origin)
			continue
		}
		out.Found = append(out.Found, commons.Found{Record: c.Origin, Kind: c.Kind, Sheet: c.Sheet})
	}
	return out, nil
}
