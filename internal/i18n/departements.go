package i18n

// takesArticle lists the départements, régions and collectivités whose name
// takes an article that it does not carry. Source: INSEE, code officiel
// géographique, TNCC of the files of départements and régions.
var takesArticle = map[string]int8{
	"Ain": tnccL, "Aisne": tnccL, "Allier": tnccL, "Alpes-de-Haute-Provence": tnccLes, "Hautes-Alpes": tnccLes,
	"Alpes-Maritimes": tnccLes, "Ardèche": tnccL, "Ardennes": tnccLes, "Ariège": tnccL, "Aube": tnccL, "Aude": tnccL,
	"Aveyron": tnccL, "Bouches-du-Rhône": tnccLes, "Calvados": tnccLe, "Cantal": tnccLe, "Charente": tnccLa,
	"Charente-Maritime": tnccLa, "Cher": tnccLe, "Corrèze": tnccLa, "Corse-du-Sud": tnccLa, "Haute-Corse": tnccLa,
	"Côte-d'Or": tnccLa, "Côtes-d'Armor": tnccLes, "Creuse": tnccLa, "Dordogne": tnccLa, "Doubs": tnccLe, "Drôme": tnccLa,
	"Eure": tnccL, "Eure-et-Loir": tnccL, "Finistère": tnccLe, "Gard": tnccLe, "Haute-Garonne": tnccLa, "Gers": tnccLe,
	"Gironde": tnccLa, "Hérault": tnccL, "Ille-et-Vilaine": tnccL, "Indre": tnccL, "Indre-et-Loire": tnccL, "Isère": tnccL,
	"Jura": tnccLe, "Landes": tnccLes, "Loir-et-Cher": tnccLe, "Loire": tnccLa, "Haute-Loire": tnccLa,
	"Loire-Atlantique": tnccLa, "Loiret": tnccLe, "Lot": tnccLe, "Lot-et-Garonne": tnccLe, "Lozère": tnccLa,
	"Maine-et-Loire": tnccLe, "Manche": tnccLa, "Marne": tnccLa, "Haute-Marne": tnccLa, "Mayenne": tnccLa,
	"Meurthe-et-Moselle": tnccLa, "Meuse": tnccLa, "Morbihan": tnccLe, "Moselle": tnccLa, "Nièvre": tnccLa, "Nord": tnccLe,
	"Oise": tnccL, "Orne": tnccL, "Pas-de-Calais": tnccLe, "Puy-de-Dôme": tnccLe, "Pyrénées-Atlantiques": tnccLes,
	"Hautes-Pyrénées": tnccLes, "Pyrénées-Orientales": tnccLes, "Bas-Rhin": tnccLe, "Haut-Rhin": tnccLe, "Rhône": tnccLe,
	"Haute-Saône": tnccLa, "Saône-et-Loire": tnccLa, "Sarthe": tnccLa, "Savoie": tnccLa, "Haute-Savoie": tnccLa,
	"Seine-Maritime": tnccLa, "Seine-et-Marne": tnccLa, "Yvelines": tnccLes, "Deux-Sèvres": tnccLes, "Somme": tnccLa,
	"Tarn": tnccLe, "Tarn-et-Garonne": tnccLe, "Var": tnccLe, "Vaucluse": tnccLe, "Vendée": tnccLa, "Vienne": tnccLa,
	"Haute-Vienne": tnccLa, "Vosges": tnccLes, "Yonne": tnccL, "Territoire de Belfort": tnccLe, "Essonne": tnccL,
	"Hauts-de-Seine": tnccLes, "Seine-Saint-Denis": tnccLa, "Val-de-Marne": tnccLe, "Val-d'Oise": tnccLe,
	"Guadeloupe": tnccLa, "Martinique": tnccLa, "Guyane": tnccLa,

	"Île-de-France": tnccL, "Centre-Val de Loire": tnccLe, "Bourgogne-Franche-Comté": tnccLa, "Normandie": tnccLa,
	"Hauts-de-France": tnccLes, "Grand Est": tnccLe, "Pays de la Loire": tnccLes, "Bretagne": tnccLa,
	"Nouvelle-Aquitaine": tnccLa, "Occitanie": tnccL, "Auvergne-Rhône-Alpes": tnccL,
	"Provence-Alpes-Côte d'Azur": tnccLa, "Corse": tnccLa, "France": tnccLa,

	"Polynésie française": tnccLa, "Nouvelle-Calédonie": tnccLa, "Terres australes et antarctiques françaises": tnccLes,
}

// inEn lists the names that say "en" for "in".
var inEn = map[string]bool{
	"Bretagne": true, "Normandie": true, "Nouvelle-Aquitaine": true, "Bourgogne-Franche-Comté": true, "Corse": true,
	"Corse-du-Sud": true, "Haute-Corse": true, "France": true, "Polynésie française": true, "Nouvelle-Calédonie": true,
	"Guadeloupe": true, "Martinique": true, "Guyane": true, "Gironde": true, "Charente": true, "Charente-Maritime": true,
	"Corrèze": true, "Creuse": true, "Dordogne": true, "Haute-Garonne": true, "Haute-Loire": true, "Loire-Atlantique": true,
	"Lozère": true, "Haute-Marne": true, "Mayenne": true, "Meurthe-et-Moselle": true, "Moselle": true, "Haute-Saône": true,
	"Saône-et-Loire": true, "Savoie": true, "Haute-Savoie": true, "Seine-Maritime": true, "Seine-et-Marne": true,
	"Seine-Saint-Denis": true, "Vendée": true, "Haute-Vienne": true, "Provence-Alpes-Côte d'Azur": true,
}

// islands lists the names with an article that say "à" for "in".
var islands = map[string]bool{"La Réunion": true}
