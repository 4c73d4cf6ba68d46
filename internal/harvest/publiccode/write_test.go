package publiccode_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/harvest/publiccode"
)

// held is what of a sheet publiccode.yml has keys for.
func held(s commons.Sheet) commons.Sheet {
	out := commons.Sheet{}
	for _, f := range []string{"title", "repository", "website", "based_on", "software_version", "platforms", "status", "form", "licence", "themes",
		"summary", "description", "summary_en", "description_en", "documentation", "features", "maintenance", "languages", "depends_on"} {
		if len(s[f]) > 0 {
			out[f] = s[f]
		}
	}
	return out
}

func full() commons.Sheet {
	long := "Un logiciel pour suivre les demandes : dépôt, réponse, pièces jointes.\n\n- un tableau de bord ;\n- des courriels \"types\" ;\n\n# Et des statistiques par service, par quartier et par mois, pour la mairie."
	return commons.Sheet{
		"title": {"Medusa: \"la\" suite"}, "repository": {"https://example.com/medusa.git"}, "website": {"https://example.com/"},
		"based_on": {"https://example.com/otello.git", "http://example.org/iago"}, "software_version": {"1.10"}, "release_date": {"2026-11-26"},
		"platforms": {"web", "linux"}, "categories": {"office", "crm"}, "status": {"stable"}, "form": {"web"}, "licence": {"EUPL-1.2 OR MIT"},
		"themes": {"education", "economy", "heritage", "inclusion", "administration"}, "summary": {"Suivre les demandes – vite."}, "description": {long},
		"summary_en": {"Follow requests & answers"}, "description_en": {strings.Repeat("A tool for town halls. ", 8) + "End."},
		"documentation": {"https://example.com/doc?a=1&b=2"}, "features": {"Dépôt", "- réponse", "yes", "1"}, "maintenance": {"none"},
		"languages": {"fr", "en", "br"}, "depends_on": {"PostgreSQL ≥ 14", "proprietary: Oracle", "hardware: Lecteur : NFC"}, "maintainers": {"Ville de Nantes"},
	}
}

func TestWrittenFilesComeBack(t *testing.T) {
	nantes := func(v string) (string, string) { return v, "https://nantes.fr" }
	file := publiccode.Write(full(), nantes)
	found, findings := reader(t).Read(file)
	if len(findings) > 0 {
		t.Errorf("findings %+v of\n%s", findings, file)
	}
	if len(found) != 1 {
		t.Fatalf("%d entries of\n%s", len(found), file)
	}
	if d := cmp.Diff(full(), found[0].Sheet); d != "" {
		t.Errorf("%s\n%s", d, file)
	}
	if strings.Contains(string(file), "# ") && strings.Contains(string(file), "obligatoires") {
		t.Errorf("nothing is missing of\n%s", file)
	}
}

// Without a mandatory key the file says in comments what the parser says.
func TestWrittenFilesSayWhatIsMissing(t *testing.T) {
	r := reader(t)
	for _, field := range []string{"", "title", "repository", "platforms", "status", "form", "licence", "summary", "description", "maintenance", "languages"} {
		s := full()
		delete(s, field)
		file := string(publiccode.Write(s, nil))
		_, comments, _ := strings.Cut(file, "\n# Clés obligatoires")
		_, findings := r.Read([]byte(file))
		var errors []string
		for _, f := range findings {
			if f.Severity == commons.Wrong || f.Key == "publiccode.too_short" {
				errors = append(errors, f.Field)
			}
		}
		if (field == "") != (len(errors) == 0) {
			t.Errorf("without %q the parser says %v", field, errors)
		}
		for _, key := range errors {
			if !strings.Contains(comments, key) {
				t.Errorf("without %q, %s is not said missing in\n%s", field, key, comments)
			}
		}
	}
}

func TestLongSummaryIsCut(t *testing.T) {
	s := full()
	s["summary"] = []string{strings.Repeat("demandes ", 30) + "fin"}
	file := publiccode.Write(s, nil)
	found, findings := reader(t).Read(file)
	if slices.ContainsFunc(findings, func(f commons.Finding) bool { return f.Severity != commons.Note }) {
		t.Errorf("findings %+v", findings)
	}
	if got := found[0].Sheet.Get("summary"); !strings.HasSuffix(got, "demandes…") || len([]rune(got)) > 150 {
		t.Errorf("summary is %q", got)
	}
	if !strings.Contains(string(file), "# - description.fr.shortDescription") {
		t.Error("the cut is not said")
	}
}
