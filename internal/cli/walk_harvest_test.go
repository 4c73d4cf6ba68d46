package cli

import (
	"bassin/internal/commons"
	"bassin/internal/people"
)

// source adds a paused source: nobody asks its address.
func (w *world) source(state commons.SourceState) commons.Source {
	w.t.Helper()
	var src commons.Source
	err := w.s.db.ChangeHarvest(w.t.Context(), func(tx commons.HarvestTx) error {
		src = commons.Source{ID: tx.NewID(), Kind: commons.OfData, Address: "http://127.0.0.1:1/", Title: "Essai", Rhythm: commons.Daily, State: state, Due: tx.Now().AddDate(1, 0, 0), CreatedAt: tx.Now()}
		return tx.PutSource(src)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return src
}

func harvestSamples() map[string]sample {
	const path = "/administration/moissonnage"
	of := func(rest string, pairs ...string) sample {
		return func(w *world) call {
			return call{path: path + "/" + w.source(commons.SourceOn).ID + rest, form: form(pairs...), in: &people.Everywhere}
		}
	}
	return map[string]sample{
		"harvest.list":     func(*world) call { return call{path: path, in: &people.Everywhere} },
		"harvest.add.form": func(*world) call { return call{path: path + "/ajouter", in: &people.Everywhere} },
		"harvest.add": func(*world) call {
			return call{path: path + "/ajouter", form: form("kind", "dcat", "address", "http://127.0.0.1:1/", "title", "Essai", "rhythm", "weekly", "ajouter", "1"), in: &people.Everywhere}
		},
		"harvest.show": of(""), "harvest.run": of("/lancer"), "harvest.pause": of("/suspendre", "pause", "1"), "harvest.remove.form": of("/retirer"), "harvest.remove": of("/retirer"),
	}
}
