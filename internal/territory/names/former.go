package names

import "bassin/internal/territory"

// formerNames are names that départements and régions had and that the commune
// log does not hold. Sources: code officiel géographique (INSEE), history of
// départements; loi 2015-29 of 16 January 2015 for the régions.
var formerNames = []struct {
	level territory.Level
	code  string
	name  string
}{
	{territory.Departement, "04", "Basses-Alpes"},
	{territory.Departement, "17", "Charente-Inférieure"},
	{territory.Departement, "22", "Côtes-du-Nord"},
	{territory.Departement, "44", "Loire-Inférieure"},
	{territory.Departement, "64", "Basses-Pyrénées"},
	{territory.Departement, "76", "Seine-Inférieure"},
	{territory.Region, "24", "Centre"},
	{territory.Region, "27", "Bourgogne"},
	{territory.Region, "27", "Franche-Comté"},
	{territory.Region, "28", "Basse-Normandie"},
	{territory.Region, "28", "Haute-Normandie"},
	{territory.Region, "32", "Nord-Pas-de-Calais"},
	{territory.Region, "32", "Picardie"},
	{territory.Region, "44", "Alsace"},
	{territory.Region, "44", "Champagne-Ardenne"},
	{territory.Region, "44", "Lorraine"},
	{territory.Region, "75", "Aquitaine"},
	{territory.Region, "75", "Limousin"},
	{territory.Region, "75", "Poitou-Charentes"},
	{territory.Region, "76", "Languedoc-Roussillon"},
	{territory.Region, "76", "Midi-Pyrénées"},
	{territory.Region, "84", "Auvergne"},
	{territory.Region, "84", "Rhône-Alpes"},
}
