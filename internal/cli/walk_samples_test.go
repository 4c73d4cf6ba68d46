package cli

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/media"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/territory"
)

// samples are how each route that asks for a right is called by somebody who may, by its
// action. A room adds its own: a function like adminSamples, and a line here. A sample
// makes the subject that its call is about, anew each time, and says where it lies.
func samples() map[string]sample {
	out := map[string]sample{}
	for _, room := range []map[string]sample{adminSamples(), organisationSamples(), accountSamples(), librarySamples(), communitySamples(), harvestSamples()} {
		maps.Copy(out, room)
	}
	return out
}

// prepare puts in the world what some samples need once.
func (w *world) prepare() {
	w.t.Helper()
	if err := w.s.db.Plan(w.t.Context(), "outbox", job.Every(time.Hour), time.Now()); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.db.UpdateSetting(w.t.Context(), audit.System, setting.AccountsName, setting.Any, func(json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{"self_registration":true}`), nil
	}); err != nil {
		w.t.Fatal(err)
	}
	if err := w.s.db.Record(w.t.Context(), audit.Entry{By: audit.System, Action: "data.build", Subject: "snapshot"}); err != nil {
		w.t.Fatal(err)
	}
}

// at is a call of an address, about nothing in particular.
func at(path string) sample { return func(*world) call { return call{path: path} } }

// sending is [at] with a form.
func sending(path string, pairs ...string) sample {
	return func(*world) call { return call{path: path, form: form(pairs...)} }
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// dead is the id of an event that was given up.
func (w *world) dead() string {
	w.t.Helper()
	ctx, now := w.t.Context(), time.Now().Add(time.Minute)
	if err := w.s.db.Leave(ctx, job.Event{Kind: "walk", Body: json.RawMessage(`{}`)}); err != nil {
		w.t.Fatal(err)
	}
	d, err := w.s.db.Claim(ctx, []string{"walk"}, 1, now, now.Add(time.Minute))
	if err != nil || len(d) != 1 {
		w.t.Fatal(d, err)
	}
	if err := w.s.db.GiveUp(ctx, d[0], "550 no such user"); err != nil {
		w.t.Fatal(err)
	}
	return d[0].ID
}

// version is that of a setting, as a form that edits it carries.
func (w *world) version(name string) string {
	w.t.Helper()
	s, err := w.s.db.Setting(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return strconv.FormatInt(s.Version, 10)
}

func adminSamples() map[string]sample {
	const people_, mandates, settings = "/administration/personnes/", "/administration/mandats/", "/administration/reglages/"
	// about is a call about somebody new who has a mandate here.
	about := func(path string, pairs ...string) sample {
		return func(w *world) call {
			id := w.mandate(people.Mediator, here).Person
			return call{path: people_ + id + path, form: form(append(pairs, "words", "Sujet "+id)...), in: &here}
		}
	}
	// suspended is a call about somebody suspended.
	suspended := func(path string, pairs ...string) sample {
		return func(w *world) call {
			p := w.person()
			p.State = people.Suspended
			w.change(func(tx people.Tx) error { return tx.SetPerson(p) })
			return call{path: people_ + p.ID + path, form: form(pairs...)}
		}
	}
	// of is a call about a new mandate here.
	of := func(role people.Role, path string, pairs ...string) sample {
		return func(w *world) call {
			return call{path: mandates + w.mandate(role, here).ID + path, form: form(pairs...), in: &here}
		}
	}
	// given is [of] a mandate that only some may give.
	given := func(role people.Role, path string, pairs ...string) sample {
		return func(w *world) call {
			c := of(role, path, pairs...)(w)
			c.gives = role
			return c
		}
	}
	event := func(path string) sample {
		return func(w *world) call { return call{path: "/administration/envois/" + w.dead() + path} }
	}
	sheet := func(word, name string, pairs ...string) sample {
		return func(w *world) call {
			return call{path: settings + word, form: form(append(pairs, "version", w.version(name))...)}
		}
	}
	periods := []string{"delivered", "30", "undelivered", "90", "notices", "365", "expired", "30", "unverified", "7", "hidden", "365", "inactive", "1095", "warning", "30"}
	return map[string]sample{
		"admin.home":            at("/administration"),
		"admin.people":          at("/administration/personnes"),
		"admin.people.csv":      at("/administration/personnes/csv"),
		"admin.people.one":      about(""),
		"admin.mandates":        at("/administration/mandats"),
		"admin.mandates.csv":    at("/administration/mandats/csv"),
		"admin.mandates.one":    of(people.Mediator, ""),
		"mandate.give.form":     at("/administration/mandats/donner"),
		"mandate.end.form":      of(people.Member, "/terminer"),
		"mandate.end":           given(people.Member, "/terminer", "version", "1", "to", "2900-01-01"),
		"mandate.handover.form": of(people.Member, "/transmettre"),
		"mandate.give.act": func(w *world) call {
			m := w.mandate(people.Member, here)
			a, err := w.s.media.Add(w.t.Context(), audit.System, media.Given{Subject: m.Subject(), Name: "acte.txt"}, strings.NewReader("Article 1"))
			if err != nil {
				w.t.Fatal(err)
			}
			return call{path: mandates + m.ID + "/acte", form: form("do", "remove", "id", a.ID), in: &here, gives: people.Member}
		},
		"mandate.give": func(w *world) call {
			return call{path: mandates + "donner", form: form("personne", w.mandate(people.Observer, here).Person, "role", string(people.Signatory), "ou", here.String()), in: &here, gives: people.Signatory}
		},
		"mandate.handover": func(w *world) call {
			m := w.mandate(people.Coordinator, here)
			return call{path: mandates + m.ID + "/transmettre", form: form("personne", w.mandate(people.Observer, here).Person, "from", "2900-01-01", "version", "1"), in: &here, gives: people.Coordinator}
		},
		"person.suspend.form":      about("/suspendre"),
		"person.suspend":           about("/suspendre", "version", "1", "reason", "essai"),
		"person.suspend.undo_form": suspended("/rouvrir"),
		"person.suspend.undo":      suspended("/rouvrir", "version", "2", "reason", "essai"),
		"person.erase.form":        about("/effacer"),
		"person.erase":             about("/effacer"),

		"setting":           at("/administration/reglages"),
		"setting.site.form": at(settings + "installation"),
		"setting.site":      sheet("installation", "site", "publisher", "Commune", "territory", territory.ID{Level: territory.Commune, Code: "22266"}.String()),
		"setting.logo.form": at(settings + "logo"),
		"setting.logo": func(w *world) call {
			a, err := w.s.media.Add(w.t.Context(), audit.System, media.Given{Subject: "site:logo", Name: "logo.txt", Public: true}, strings.NewReader("x"))
			if err != nil {
				w.t.Fatal(err)
			}
			return call{path: settings + "logo", form: form("do", "remove", "id", a.ID)}
		},
		"setting.mail.form": at(settings + "courriel"),
		"setting.mail":      sheet("courriel", "mail", "host", "smtp.example.fr", "port", "587", "security", "starttls", "from", "bassin@example.fr"),
		"setting.mail.try": func(*world) call { // no mail server is set: it says that none answers
			return call{path: settings + "courriel/essai", form: form("to", "essai@example.fr"), answer: http.StatusServiceUnavailable}
		},
		"setting.accounts.form":  at(settings + "comptes"),
		"setting.accounts":       sheet("comptes", "accounts", "self_registration", "1"),
		"setting.notices.form":   at(settings + "notifications"),
		"setting.notices":        sheet("notifications", "notices", "digest_hour", "7"),
		"setting.retention.form": at(settings + "conservation"),
		"setting.retention":      sheet("conservation", "retention", periods...),

		"outbox":           at("/administration/envois"),
		"outbox.retry_all": sending("/administration/envois/relancer"),
		"outbox.retry":     event("/relancer"),
		"outbox.drop.form": event("/abandonner"),
		"outbox.drop":      event("/abandonner"),
		"task":             at("/administration/taches"),
		"task.run":         sending("/administration/taches/outbox/lancer"),

		"audit":             at("/administration/journal"),
		"audit.csv":         at("/administration/journal/csv?quoi=setting"),
		"audit.json":        at("/administration/journal/json?quoi=setting"),
		"audit.row":         at("/administration/journal/1"),
		"audit.verify.form": at("/administration/journal/verifier"),
		"audit.verify":      sending("/administration/journal/verifier"),
		"audit.head":        sending("/administration/journal/tete"),

		"health":            at("/administration/sante"),
		"data.manage":       at("/administration/donnees"),
		"data.manage.build": sending("/administration/donnees/preparer"),
	}
}

// organisation adds one that acts here.
func (w *world) organisation() people.Organisation {
	w.t.Helper()
	o, err := w.s.db.CreateOrganisation(w.t.Context(), audit.System, people.Organisation{
		Kind: people.KindAssociation, Name: "Association " + people.NewID(), Territories: []territory.ID{here.Territory}, State: people.OrganisationActive, CreatedAt: time.Now(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// tableOf is a table of an association that acts here.
func tableOf(name string) string {
	return "kind;name;territories\nassociation;" + name + ";" + here.Territory.String() + "\n"
}

func organisationSamples() map[string]sample {
	// of is a call about an organisation that acts here.
	of := func(path string, pairs ...string) sample {
		return func(w *world) call {
			o := w.organisation()
			return call{path: "/organisations/" + o.ID + path, form: form(append(pairs, "version", strconv.FormatInt(o.Version, 10))...), in: &here}
		}
	}
	// two is a call about two organisations that act here.
	two := func(with func(w *world, a, b people.Organisation) call) sample {
		return func(w *world) call {
			c := with(w, w.organisation(), w.organisation())
			c.in = &here
			return c
		}
	}
	both := func(a, b people.Organisation) url.Values {
		return form("dans", a.ID, "kept", strconv.FormatInt(a.Version, 10), "merged", strconv.FormatInt(b.Version, 10))
	}
	return map[string]sample{
		"organisation.create.identify": at("/organisations/nouvelle"),
		"organisation.create.sheet":    at("/organisations/nouvelle/fiche"),
		"organisation.create": func(*world) call {
			return call{path: "/organisations/nouvelle/fiche", form: form("kind", string(people.KindAssociation), "name", "Association "+people.NewID(), "territories", here.Territory.String()), in: &here, beside: http.StatusUnprocessableEntity}
		},
		"organisation.create.import.form":     at("/organisations/importer"),
		"organisation.create.import.template": at("/organisations/importer/modele"),
		"organisation.create.import.read": func(*world) call {
			return call{path: "/organisations/importer", form: form("texte", tableOf("Association "+people.NewID())), in: &here, beside: http.StatusUnprocessableEntity}
		},
		"organisation.create.import": func(*world) call {
			name := "Association " + people.NewID()
			seen := people.Import{Lines: []people.ImportLine{{Line: 2, Verdict: people.LineNew,
				Organisation: people.Organisation{Kind: people.KindAssociation, Name: name, Territories: []territory.ID{here.Territory}, State: people.OrganisationActive}}}}
			return call{path: "/organisations/importer/enregistrer", form: form("texte", tableOf(name), "vu", seen.Digest()), in: &here, beside: http.StatusConflict}
		},
		"organisation.update.sheet": of("/modifier"),
		"organisation.update":       of("/modifier", "short_name", "essai"),
		"organisation.update.documents": func(w *world) call {
			o := w.organisation()
			a, err := w.s.media.Add(w.t.Context(), audit.System, media.Given{Subject: people.OrganisationSubject(o.ID), Name: "statuts.txt", Public: true}, strings.NewReader("Article 1"))
			if err != nil {
				w.t.Fatal(err)
			}
			return call{path: "/organisations/" + o.ID + "/documents", form: form("do", "remove", "id", a.ID), in: &here}
		},
		"organisation.merge.pairs": at("/organisations/doublons"),
		"organisation.merge.sheet": of("/fusionner"),
		"organisation.merge.apart": two(func(_ *world, a, b people.Organisation) call {
			return call{path: "/organisations/doublons", form: form("a", a.ID, "b", b.ID)}
		}),
		"organisation.merge": two(func(_ *world, a, b people.Organisation) call {
			return call{path: "/organisations/" + b.ID + "/fusionner", form: both(a, b)}
		}),
		"organisation.merge.undo": two(func(w *world, a, b people.Organisation) call {
			m, err := w.s.db.MergeOrganisations(w.t.Context(), audit.System, people.MergeOf{Kept: a.ID, Merged: b.ID, KeptVersion: a.Version, MergedVersion: b.Version},
				func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
			if err != nil {
				w.t.Fatal(err)
			}
			return call{path: "/organisations/" + a.ID + "/annuler-la-fusion", form: form("fusion", m.ID)}
		}),
	}
}

func accountSamples() map[string]sample {
	// invited is a call about an invitation to a mandate here; whoever does not see it
	// learns no more than that none is pending.
	invited := func(path string) sample {
		return func(w *world) call {
			token, err := w.s.accounts.InviteAs(w.t.Context(), audit.System, people.Invitation{Email: people.NewID() + "@example.fr", Grant: &people.Grant{Role: people.Member, Scope: here}})
			if err != nil {
				w.t.Fatal(err)
			}
			return call{path: "/administration/invitations/" + people.HashToken(token)[:16] + path, form: form(), in: &here, gives: people.Member, beside: http.StatusGone}
		}
	}
	reset := func(w *world) call {
		return call{path: "/administration/personnes/" + w.person().ID + "/mot-de-passe", form: form()}
	}
	return map[string]sample{
		"person.invite": at("/administration/personnes/inviter"),
		"person.invite.do": func(*world) call {
			return call{path: "/administration/personnes/inviter", in: &here, gives: people.Member, beside: http.StatusBadRequest,
				form: form("email", people.NewID()+"@example.fr", "langue", "fr", "role", string(people.Member), "territory", here.Territory.String())}
		},
		"person.invite.list":          at("/administration/invitations"),
		"person.invite.one":           invited(""),
		"person.invite.withdraw.form": invited("/retirer"),
		"person.invite.withdraw":      invited("/retirer"),
		"person.invite.again":         invited("/renvoyer"),
		"person.reset":                reset,
		"person.reset.do":             reset,
	}
}
