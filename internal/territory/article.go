package territory

// Article is the TNCC of the COG: which article and linking word a French
// territory name takes. See INSEE, code officiel géographique, variable TNCC.
type Article int8

// Articles by TNCC value; those of 2 to 7 are part of the name as published.
const (
	NoArticle Article = 0 // de Saint-Brieuc
	Elided    Article = 1 // d'Ajaccio
	MascLe    Article = 2 // Le Havre, du Havre
	FemLa     Article = 3 // La Rochelle, de La Rochelle
	PlurLes   Article = 4 // Les Sables-d'Olonne, des Sables-d'Olonne
	ElidedL   Article = 5 // L'Haÿ-les-Roses, de L'Haÿ-les-Roses
	PlurAux   Article = 6 // Aux Marais
	PlurLas   Article = 7 // Las
	PlurLos   Article = 8 // Los
	Unknown   Article = -1
)
