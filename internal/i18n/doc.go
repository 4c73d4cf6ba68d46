// Package i18n owns every text a person reads, in flat catalogues, one file per
// room and language, and the formats of each language: numbers, dates, lists.
// It knows nothing of pages or territories and imports nothing of the house.
package i18n
