package web

import (
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
)

// SourceOf is the line of a source of the snapshot, leading to our page on it.
func SourceOf(lang i18n.Lang, s snapshot.Source) Source {
	return Source{
		Title: s.Title.In(lang), Producer: s.Producer, Vintage: s.Vintage.In(lang), Licence: licence(s.Licence), Credit: s.Credit,
		Href: "/donnees#source-" + s.Key,
	}
}

// licence is the name of a licence known by its SPDX identifier, the same in
// every language.
func licence(id string) string {
	switch id {
	case "etalab-2.0":
		return "Licence Ouverte 2.0"
	case "ODbL-1.0":
		return "ODbL 1.0"
	}
	return id
}
