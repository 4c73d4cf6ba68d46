package e2e

// pageKind is one kind of page, by an example of it. Addresses are in French;
// the English one is the page's own alternate link.
type pageKind struct {
	name   string
	path   string
	status int  // 200 if zero
	heavy  bool // the interactive map, which no weight limit binds
}

// pageKinds are all the kinds of pages that the product has.
var pageKinds = []pageKind{
	{name: "home", path: "/"},
	{name: "search-empty", path: "/recherche"},
	{name: "search-results", path: "/recherche?q=saint-brieuc"},
	{name: "search-nothing", path: "/recherche?q=xqzwkv"},
	{name: "commune", path: "/commune/22146"},
	{name: "commune-in-large-basin", path: "/commune/93066"},
	{name: "commune-with-arrondissements", path: "/commune/75056"},
	{name: "commune-without-epci", path: "/commune/22016"},
	{name: "commune-new", path: "/commune/49092"},
	{name: "commune-overseas", path: "/commune/97411"},
	{name: "commune-collectivity", path: "/commune/97502"},
	{name: "basin", path: "/bv/22113"},
	{name: "basin-largest", path: "/bv/75056"},
	{name: "epci", path: "/epci/200065928"},
	{name: "ept", path: "/ept/200057867"},
	{name: "departement", path: "/dep/2A"},
	{name: "collectivity", path: "/dep/975"},
	{name: "region", path: "/reg/53"},
	{name: "country", path: "/pays/FR"},
	{name: "arrondissement", path: "/arr/223"},
	{name: "canton", path: "/cv/2207"},
	{name: "employment-zone", path: "/ze/5318"},
	{name: "attraction-area", path: "/aav/113"},
	{name: "urban-unit", path: "/uu/22403"},
	{name: "industry-territory", path: "/ti/ti-0101"},
	{name: "municipal-arrondissement", path: "/arm/75111"},
	{name: "qpv", path: "/qpv/QN00101M"},
	{name: "custom-set", path: "/set/22113,22278"},
	{name: "composer", path: "/composer"},
	{name: "composer-with-set", path: "/composer?communes=bv:22113~commune:22113"},
	{name: "list", path: "/liste/bv"},
	{name: "list-departements", path: "/liste/dep"},
	{name: "map", path: "/carte", heavy: true},
	{name: "diagnosis-commune", path: "/commune/22146/diagnostic"},
	{name: "diagnosis-basin", path: "/bv/22266/diagnostic"},
	{name: "diagnosis-epci", path: "/epci/200065928/diagnostic"},
	{name: "diagnosis-region", path: "/reg/53/diagnostic"},
	{name: "diagnosis-country", path: "/pays/FR/diagnostic"},
	{name: "diagnosis-overseas", path: "/dep/976/diagnostic"},
	{name: "diagnosis-arrondissement", path: "/arm/75111/diagnostic"},
	{name: "diagnosis-set", path: "/set/22113,22278/diagnostic"},
	{name: "explorer", path: "/explorer"},
	{name: "explorer-scatter", path: "/explorer?niveau=epci&indicateur=density&avec=age_75&echelle=x&zone=reg:53&ici=epci:200065928"},
	{name: "explorer-communes", path: "/explorer?niveau=commune&indicateur=density", heavy: true}, // every commune of France is drawn
	{name: "explorer-wrong", path: "/explorer?niveau=x&classes=limites&limites=2+1", status: 400},
	{name: "fragility", path: "/fragilite?t=bv:22113"},
	{name: "fragility-changed", path: "/fragilite?niveau=dep&composantes=ftth,illectronisme:2,apl_gp&norme=min-max&moyenne=arithmetic&t=dep:22"},
	{name: "fragility-communes", path: "/fragilite?niveau=commune&t=commune:22266", heavy: true}, // every commune of France is drawn
	{name: "fragility-wrong", path: "/fragilite?composantes=mediation_places", status: 400},
	{name: "observatory", path: "/observatoire"},
	{name: "catalogue", path: "/indicateurs"},
	{name: "indicator", path: "/indicateurs/jobseekers"},
	{name: "figures", path: "/bv/22113/indicateurs"},
	{name: "figures-of-a-set", path: "/set/22113,22278/indicateurs?axe=health"},
	{name: "figures-of-a-qpv", path: "/qpv/QN00101M/indicateurs"},
	{name: "ranking", path: "/classement?indicateur=age_75&niveau=bv&trouver=lannion"},
	{name: "ranking-refused", path: "/classement?indicateur=jobseekers", status: 400},
	{name: "changes", path: "/evolutions?indicateur=jobseekers_share&niveau=bv"},
	{name: "data", path: "/donnees"},
	{name: "about", path: "/a-propos"},
	{name: "accessibility", path: "/accessibilite"},
	{name: "legal", path: "/mentions-legales"},
	{name: "api-docs", path: "/api"},
	{name: "design", path: "/design"},
	{name: "not-found", path: "/commune/99999", status: 404},
	{name: "no-such-address", path: "/nulle-part", status: 404},
}
