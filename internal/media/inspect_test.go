package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"unicode/utf16"

	"bassin/internal/fault"
)

func inspect(b []byte) (Type, error) {
	return Inspect(bytes.NewReader(b), int64(len(b)), DefaultLimits(10<<20))
}

// What people send every day goes through, whatever its name.
func TestAccepted(t *testing.T) {
	xlsx := string(archived(t, ooxml(xlsxMain)...))
	for name, c := range map[string]struct {
		body []byte
		want Type
	}{
		"pdf":                        {[]byte(pdf), PDF},
		"odt":                        {archived(t, odf(ODT)...), ODT},
		"ods":                        {archived(t, odf(ODS)...), ODS},
		"odp":                        {archived(t, odf(ODP)...), ODP},
		"docx":                       {archived(t, ooxml(docxMain)...), DOCX},
		"xlsx":                       {[]byte(xlsx), XLSX},
		"pptx":                       {archived(t, ooxml(pptxMain)...), PPTX},
		"slides with a table within": {archived(t, ooxml(pptxMain, part{"ppt/embeddings/table.xlsx", xlsx})...), PPTX},
		"a drawing that names its type": {archived(t, odf(ODT, part{"Pictures/logo.svg",
			`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>`})...), ODT},
		"an empty part":       {archived(t, odf(ODT, part{"settings.xml", ""})...), ODT},
		"a large plain table": {archived(t, ooxml(xlsxMain, part{"xl/worksheets/sheet1.xml", xmlHead + "<worksheet>" + table(60_000) + "</worksheet>"})...), XLSX},
		"csv by ;":            {[]byte("commune;habitants\nLannion;20040\nRostrenen;3282\n"), CSV},
		"csv with a mark":     {[]byte("\ufeffcommune,habitants\r\n\"Lannion, 22\",20040\r\n"), CSV},
		"csv by tabulation":   {[]byte("a\tb\n1\t2\n"), CSV},
		"text":                {[]byte("Été 2026.\nUne phrase, puis une autre.\nUne troisième.\n"), Text},
		"text of one line":    {[]byte("un, deux, trois"), Text},
		"jpeg":                {jpegOf(t, scene(60, 40)), JPEG},
		"jpeg of a telephone": {withExif(jpegOf(t, scene(60, 40)), 6), JPEG},
		"png":                 {pngOf(t, scene(60, 40)), PNG},
		"gif":                 {gifOf(t, 20, 10), GIF},
		"webp":                {file(t, "photo.webp"), WebP},
		"webp with a veil":    {file(t, "veil.webp"), WebP},
		"webp without loss":   {file(t, "lossless.webp"), WebP},
	} {
		if got, err := inspect(c.body); got != c.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

// table is a sheet such as spreadsheets write: it packs well, and is no bomb.
func table(rows int) string {
	var b strings.Builder
	for n := range rows {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d" s="1" t="n"><v>%d</v></c><c r="B%d" s="1"><v>%d</v></c></row>`, n, n, n*7919%1000, n, n)
	}
	return b.String()
}

const laughs = `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><document>&c;</document>`

func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// Each of these was made to harm, or is not what is accepted; each is told why.
func TestRefused(t *testing.T) {
	vba := part{"word/vbaProject.bin", "program"}
	bombed := string(archived(t, append(odf(ODT), part{"a.bin", strings.Repeat("\x00", 3<<20)})...))
	small := jpegOf(t, scene(60, 40))
	many := make([]part, 6000)
	for n := range many {
		many[n] = part{fmt.Sprintf("p/%d.bin", n), "x"}
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		// Wrong types.
		"nothing":                  {nil, "empty"},
		"spaces":                   {[]byte(" \n\n"), "empty"},
		"a program":                {[]byte("\x7fELF\x02\x01\x01\x00rest"), "type"},
		"a program of Windows":     {[]byte("MZ\x90\x00\x03\x00\x00\x00"), "type"},
		"a script":                 {[]byte("#!/bin/sh\nrm -rf /\n"), "type"},
		"rtf":                      {[]byte(`{\rtf1\ansi text}`), "type"},
		"postscript":               {[]byte("%!PS-Adobe-3.0\nshowpage\n"), "type"},
		"gzip":                     {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"), "type"},
		"a bitmap":                 {[]byte("BM\x36\x00\x00\x00\x00\x00"), "type"},
		"old word":                 {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "old_office"},
		"heic":                     {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "heic"},
		"html":                     {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "markup"},
		"html after spaces":        {[]byte("\ufeff \r\n\t<html>"), "markup"},
		"html after a comment":     {[]byte("<!-- x --><script>alert(1)</script>"), "markup"},
		"a script after words":     {[]byte("bonjour <script>alert(1)</script>"), "markup"},
		"svg":                      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "markup"},
		"svg after a head":         {[]byte(xmlHead + `<svg onload="alert(1)"/>`), "markup"},
		"xml":                      {[]byte(xmlHead + laughs), "markup"},
		"text of Windows":          {[]byte("commune;population\nPloum\xe9zel;1\n"), "encoding"},
		"text with a zero":         {[]byte("a;b\n1;\x00\n"), "type"},
		"text in UTF-16":           {[]byte(utf16le("commune;habitants")), "type"},
		"a PDF cut short":          {[]byte(pdf[:40]), "damaged"},
		"a zip":                    {archived(t, part{"a.txt", "x"}), "archive"},
		"a java archive":           {archived(t, part{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0"}, part{"A.class", "\xca\xfe\xba\xbe"}), "archive"},
		"an empty zip":             {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "type"},
		"a zip cut short":          {archived(t, odf(ODT)...)[:200], "damaged"},
		"an epub":                  {archived(t, part{"mimetype", "application/epub+zip"}, part{"META-INF/manifest.xml", "<a/>"}, part{"content.xml", "<a/>"}), "archive"},
		"a template with macros":   {archived(t, ooxml("application/vnd.ms-word.template.macroEnabledTemplate.main+xml")...), "macros"},
		"docm":                     {archived(t, ooxml("application/vnd.ms-word.document.macroEnabled.main+xml", vba)...), "macros"},
		"docm that says docx":      {archived(t, ooxml(docxMain, vba)...), "macros"},
		"macros under other names": {archived(t, ooxml(docxMain, part{"word/x.xml", "<a/>"}, part{"word/VBAPROJECT.BIN", "x"})...), "macros"},
		"xlsb":                     {archived(t, ooxml("application/vnd.ms-excel.sheet.binary.macroEnabled.main")...), "macros"},
		"macros of excel 4":        {archived(t, ooxml(xlsxMain, part{"xl/macrosheets/sheet1.xml", "<a/>"})...), "macros"},
		"active-x":                 {archived(t, ooxml(docxMain, part{"word/activeX/activeX1.xml", "<a/>"})...), "macros"},
		"basic":                    {archived(t, odf(ODT, part{"Basic/Standard/Module1.xml", "<a/>"})...), "macros"},
		"python":                   {archived(t, odf(ODT, part{"Scripts/python/x.py", "x"})...), "macros"},
		"macros within slides":     {archived(t, ooxml(pptxMain, part{"ppt/embeddings/a.xlsm", string(archived(t, ooxml(xlsxMain, vba)...))})...), "macros"},
		"two documents in one":     {archived(t, append(ooxml(docxMain)[1:], part{"[Content_Types].xml", `<Types><Override ContentType="` + docxMain + `"/><Override ContentType="` + xlsxMain + `"/></Types>`})...), "damaged"},

		// Under a password: nothing in it can be looked at.
		"locked": {locked(archived(t, odf(ODT)...)), "locked"},
		"locked, the other way": {archived(t, part{"mimetype", string(ODT)}, part{"content.xml", "\x8a\x01noise"},
			part{"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>`}), "locked"},

		// Paths.
		"a name that climbs":     {archived(t, odf(ODT, part{"../../etc/cron.d/x", "x"})...), "damaged"},
		"a name within climbs":   {archived(t, odf(ODT, part{"Pictures/../../x", "x"})...), "damaged"},
		"a name from the root":   {archived(t, odf(ODT, part{"/etc/passwd", "x"})...), "damaged"},
		"a name of Windows":      {archived(t, odf(ODT, part{`..\..\x.dll`, "x"})...), "damaged"},
		"a drive":                {archived(t, odf(ODT, part{`C:/x.dll`, "x"})...), "damaged"},
		"a name with a zero":     {archived(t, odf(ODT, part{"a\x00.png", "x"})...), "damaged"},
		"a name twice":           {archived(t, odf(ODT, part{"content.xml", "<a/>"})...), "damaged"},
		"a name twice, but case": {archived(t, odf(ODT, part{"Content.XML", "<a/>"})...), "damaged"},
		"a name that is no text": {archived(t, odf(ODT, part{"a\xff.png", "x"})...), "damaged"},
		"climbing, but within":   {archived(t, ooxml(pptxMain, part{"ppt/embeddings/a.xlsx", string(archived(t, ooxml(xlsxMain, part{"../x", "x"})...))})...), "damaged"},

		// Bombs.
		"zeros":                       {archived(t, odf(ODT, part{"Pictures/a.bin", strings.Repeat("\x00", 8<<20)})...), "bomb"},
		"more than it declares":       {lying(t, 8<<20, 1000), "damaged"},
		"less than it declares":       {lying(t, 1000, 100_000), "damaged"},
		"declares beyond all":         {lying(t, 1000, 1<<40), "bomb"},
		"declares beyond counting":    {lying(t, 1000, -1), "bomb"},
		"very many entries":           {archived(t, odf(ODT, many...)...), "bomb"},
		"entries that overlap":        {overlapping(t, 20), "bomb"},
		"a bomb within":               {archived(t, ooxml(pptxMain, part{"a.odt", bombed})...), "bomb"},
		"archives in archives in one": {archived(t, ooxml(pptxMain, part{"a", string(archived(t, ooxml(xlsxMain, part{"b", string(archived(t, odf(ODT)...))})...))})...), "bomb"},

		// XML bombs, and entities that read files.
		"laughs":                      {archived(t, odf(ODT, part{"settings.xml", xmlHead + laughs})...), "entities"},
		"laughs in word":              {archived(t, ooxml(docxMain, part{"word/document.xml", laughs})...), "entities"},
		"laughs in relations":         {archived(t, ooxml(docxMain, part{"word/_rels/document.xml.rels", laughs})...), "entities"},
		"laughs without an ending":    {archived(t, ooxml(docxMain, part{"word/item", xmlHead + laughs})...), "entities"},
		"laughs after a comment":      {archived(t, odf(ODT, part{"settings.xml", "<!-- x --><?y z?>" + laughs})...), "entities"},
		"laughs in a drawing":         {archived(t, odf(ODT, part{"Pictures/a.svg", strings.ReplaceAll(laughs, "lolz", "svg")})...), "entities"},
		"a file of the server":        {archived(t, odf(ODT, part{"settings.xml", `<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`})...), "entities"},
		"laughs in UTF-16":            {archived(t, odf(ODT, part{"settings.xml", utf16le(`<?xml version="1.0" encoding="UTF-16"?>` + laughs)})...), "damaged"},
		"laughs in UTF-7":             {archived(t, odf(ODT, part{"settings.xml", `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>`})...), "damaged"},
		"laughs after a long comment": {archived(t, odf(ODT, part{"settings.xml", "<!--" + noise(100_000) + "-->" + laughs})...), "damaged"},
		"laughs within":               {archived(t, ooxml(pptxMain, part{"ppt/embeddings/a.xlsx", string(archived(t, ooxml(xlsxMain, part{"xl/a.xml", laughs})...))})...), "entities"},

		// Bombs of pixels.
		"a png of 60,000 × 60,000":     {header(60_000, 60_000, 8, 6, 0), "pixels"},
		"a png beyond counting":        {header(0x7fffffff, 0x7fffffff, 16, 6, 1), "pixels"},
		"a png of one line":            {header(1, 30_000, 8, 6, 0), "pixels"},
		"a png deeper than it is wide": {header(6000, 6000, 16, 6, 0), "pixels"},
		"a png of nothing":             {header(0, 10, 8, 6, 0), "damaged"},
		"a jpeg of 65,535 × 65,535":    {resized(small, 65535, 65535, false), "pixels"},
		"a jpeg kept as coefficients":  {resized(small, 6000, 6000, true), "pixels"},
		"a jpeg of many scans":         {scans(jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8))), 1000), "bomb"},
		"a gif of 65,535 × 65,535":     {[]byte("GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff;"), "pixels"},
		"a webp of 16,384 × 16,384":    {riff(riffChunk("VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0})), "pixels"},
		"a webp larger than it says":   {hidden(), "damaged"},
		"a webp that moves":            {riff(riffChunk("VP8X", []byte{2, 0, 0, 0, 9, 0, 0, 9, 0, 0}), riffChunk("ANIM", make([]byte, 6)), riffChunk("ANMF", make([]byte, 30))), "animated"},
		"a jpeg of three bytes":        {[]byte("\xff\xd8\xff"), "damaged"},
		"a png without a header":       {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND\xae\x42\x60\x82"), "damaged"},
	} {
		got, err := inspect(c.body)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Key != "media.refused."+c.want || e.Code != fault.Invalid || e.Field != "file" {
			t.Errorf("%s: %q, %v, want media.refused.%s", name, got, err, c.want)
		}
	}
	if _, err := Inspect(strings.NewReader("x"), 11<<20, DefaultLimits(10<<20)); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("over the limit: %v, want fault.TooLarge", err)
	}
}

// noise is text that does not pack.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}

func TestCleanName(t *testing.T) {
	for _, c := range []struct {
		name string
		kind Type
		want string
	}{
		{"Délibération n° 3.pdf", PDF, "Délibération n° 3.pdf"},
		{"photo.JPEG", JPEG, "photo.jpeg"},
		{"photo.webp", JPEG, "photo.jpg"},
		{"photo.HEIC.png", PNG, "photo.HEIC.png"},
		{"../../etc/passwd", Text, "passwd.txt"},
		{`C:\Users\zoe\CV.docx`, DOCX, "CV.docx"},
		{`..\..\x`, PDF, "x.pdf"},
		{"a/b/..", PDF, "document.pdf"},
		{"", CSV, "document.csv"},
		{".htaccess", Text, "htaccess.txt"},
		{"page.html", Text, "page.html.txt"},
		{"virus.exe", PDF, "virus.exe.pdf"},
		{"a\r\nSet-Cookie: x=1.pdf", PDF, "aSet-Cookie- x=1.pdf"},
		{"a\u202egpj.exe", PDF, "agpj.exe.pdf"}, // it would show as aexe.jpg
		{"a\x00b\xff\u200b.pdf", PDF, "ab.pdf"},
		{`a"b<c>d|e?f*g:h.pdf`, PDF, "a-b-c-d-e-f-g-h.pdf"},
		{"  a   b  . pdf", PDF, "a b.pdf"},
		{"con.pdf", PDF, "con-.pdf"},
		{"NUL", Text, "NUL-.txt"},
		{"rapport v1.2", PDF, "rapport v1.2.pdf"},
		{strings.Repeat("é", 300) + ".pdf", PDF, strings.Repeat("é", 100) + ".pdf"},
	} {
		if got := CleanName(c.name, c.kind); got != c.want {
			t.Errorf("CleanName(%q, %s) = %q, want %q", c.name, c.kind, got, c.want)
		}
	}
}

// Whatever comes, the inspector answers, in bounds, with a type it knows or words.
func FuzzInspect(f *testing.F) {
	for _, b := range [][]byte{
		[]byte(pdf), archived(f, odf(ODT)...), archived(f, ooxml(docxMain)...), archived(f, ooxml(pptxMain, part{"a.xlsx", string(archived(f, ooxml(xlsxMain)...))})...),
		lying(f, 5000, 10), overlapping(f, 3), []byte("a;b\n1;2\n"), []byte("<svg/>"), withExif(jpegOf(f, scene(16, 8)), 6), pngOf(f, scene(16, 8)), gifOf(f, 8, 8),
		file(f, "photo.webp"), file(f, "veil.webp"), file(f, "lossless.webp"), hidden(), header(60_000, 60_000, 8, 6, 1), scans(jpegOf(f, image.NewGray(image.Rect(0, 0, 8, 8))), 3),
	} {
		f.Add(b)
	}
	l := DefaultLimits(1 << 20)
	l.Pixels, l.Memory = 100_000, 1<<20
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, err := Inspect(bytes.NewReader(b), int64(len(b)), l)
		if err != nil {
			if c := fault.CodeOf(err); c != fault.Invalid && c != fault.TooLarge {
				t.Errorf("a refusal without words: %v", err)
			}
			return
		}
		if kind.Extension() == "bin" {
			t.Errorf("accepted as %q", kind)
		}
		if kind.Picture() {
			if _, err := decode(t.Context(), bytes.NewReader(b), int64(len(b)), l); err != nil && fault.CodeOf(err) != fault.Invalid {
				t.Errorf("a refusal without words: %v", err)
			}
		}
	})
}
