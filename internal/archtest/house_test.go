package archtest

// This file is the plan. A package is a room or lies inside one
// (internal/web/assets is in the room web). To add a room, add a line.

// floor is a storey of the house. Imports go down only.
type floor int

const (
	ground   floor = iota // errors, texts
	engines               // pure: no SQL, no HTTP, no clock
	base                  // what every feature may use
	features              // rules, types and the Store interface each needs
	adapters              // databases, pages' layout, network
	pages                 // a feature's pages
	roof                  // commands and wiring
)

// rooms says on which floor each room is. Some are yet to be built.
var rooms = map[string]floor{
	"cmd/bassin":   roof,
	"internal/cli": roof,

	"internal/siteweb":         pages, // pages about the installation
	"internal/accountweb":      pages, // signing in, one's account, the gate of every request
	"internal/adminweb":        pages, // administration
	"internal/orgweb":          pages, // organisations
	"internal/noticeweb":       pages, // notices to people
	"internal/mediaweb":        pages, // attachments
	"internal/personalweb":     pages, // personal data
	"internal/mandateweb":      pages, // who does what where
	"internal/reportweb":       pages, // reports of abuse
	"internal/atlasweb":        pages,
	"internal/observatoryweb":  pages,
	"internal/commonsweb":      pages,
	"internal/conventionweb":   pages,
	"internal/councilweb":      pages,
	"internal/coordinationweb": pages,
	"internal/teleworkweb":     pages,
	"internal/proximityweb":    pages,
	"internal/mediationweb":    pages,
	"internal/solidarityweb":   pages,

	"internal/store":    adapters,
	"internal/web":      adapters,
	"internal/api":      adapters,
	"internal/worker":   adapters,
	"internal/pipeline": adapters,
	"internal/signin":   adapters,
	"internal/mail":     adapters,
	"internal/blob":     adapters,
	"internal/harvest":  adapters,
	"internal/dcat":     adapters, // catalogues of data; pure but for its library of JSON-LD
	"internal/routing":  adapters,

	"internal/atlas":        features,
	"internal/observatory":  features,
	"internal/commons":      features,
	"internal/convention":   features,
	"internal/council":      features,
	"internal/coordination": features,
	"internal/telework":     features,
	"internal/proximity":    features,
	"internal/mediation":    features,
	"internal/solidarity":   features,

	"internal/people":    base,
	"internal/personal":  base, // what is kept of a person
	"internal/notice":    base,
	"internal/media":     base,
	"internal/job":       base,
	"internal/report":    base, // moderation, reports of abuse
	"internal/follow":    base,
	"internal/audit":     base,
	"internal/setting":   base,
	"internal/retention": base,

	"internal/territory": engines,
	"internal/indicator": engines,
	"internal/place":     engines,
	"internal/flow":      engines,
	"internal/siting":    engines,
	"internal/ballot":    engines,
	"internal/snapshot":  engines,
	"internal/search":    engines, // full-text search with facets
	"internal/table":     engines, // tables of spreadsheets, read and written

	"internal/fault": ground,
	"internal/i18n":  ground,
}

// neighbours are the floors whose rooms may import one another. Go itself
// refuses circles. Elsewhere a room imports none of its own floor.
var neighbours = map[floor]bool{ground: true, engines: true, base: true, roof: true}

// doors are the imports allowed besides: between two rooms of one floor.
var doors = map[string][]string{
	"internal/api": {"internal/web"}, // the docs of the API wear the layout
}

// walls are imports refused though they go down, through other rooms too.
var walls = []struct {
	from    floor
	room    string // "" for every room of the floor
	refused func(own, other string) bool
	why     string
}{
	{adapters, "internal/web", func(_, other string) bool { return rooms[other] == features || rooms[other] == base },
		"the layout knows no feature: a feature's pages come to it as sections and routes"},
	{pages, "", func(_, other string) bool { return rooms[other] == adapters && other != "internal/web" },
		"pages use the layout; what they need of a database or of the network is an interface of their feature"},
	{pages, "", func(own, other string) bool { return rooms[other] == features && other+"web" != own },
		"pages speak of their own feature; what they need of another is a small interface joined in cli"},
	{adapters, "", func(_, other string) bool { return other == "internal/store" || other == "internal/pipeline" },
		"only cli joins the database and the pipeline to the rest"},
}

// workshop are programs beside the house (benchmarks, screenshots, asset build),
// which may import anything and which nobody imports.
var workshop = []string{"bench", "scripts", "internal/archtest", "internal/web/assets/build"}

// helpers serve tests only.
var helpers = []string{"internal/pgtest", "internal/smtptest", "internal/s3test", "internal/oidctest", "internal/realdata", "internal/browsertest", "internal/e2e", "internal/atlas/atlastest",
	"internal/audit/audittest", "internal/commons/commonstest", "internal/job/jobtest", "internal/media/mediatest", "internal/people/peopletest", "internal/setting/settingtest",
	"internal/notice/noticetest", "internal/report/reporttest", "internal/search/searchtest"}

// pureStd is what rooms up to the features may not import of the standard
// library: they would reach a network or a database behind everyone's back.
var pureStd = []string{"net/http", "net", "database/sql", "database/sql/driver", "os/exec", "net/smtp", "net/rpc", "plugin"}

// pureCalls is what engines and features may not ask: the time is given to them,
// and so is chance, so that a result can be had again.
var pureCalls = map[string][]string{
	"time": {"Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Sleep"},
	"os":   {"Getenv", "LookupEnv", "Environ", "Exit"},
}

// library is a module we rest on. Rooms are where it may be imported, tests and
// workshop aside; none means in tests and workshop only; "*" means anywhere.
type library struct {
	what  string
	rooms []string
}

// libraries are all the modules that the house may import directly. Adding one
// is a decision: say why in docs/adr.
var libraries = map[string]library{
	"github.com/jackc/pgx/v5":             {"PostgreSQL", []string{"internal/store"}},
	"modernc.org/sqlite":                  {"SQLite without cgo", []string{"internal/store"}},
	"github.com/pressly/goose/v3":         {"migrations", []string{"internal/store"}},
	"github.com/danielgtaylor/huma/v2":    {"OpenAPI from code", []string{"internal/api"}},
	"github.com/parquet-go/parquet-go":    {"Parquet tables", []string{"internal/snapshot", "internal/pipeline", "internal/territory", "internal/atlasweb", "internal/siteweb", "internal/api", "internal/siting"}},
	"github.com/xuri/excelize/v2":         {"spreadsheets to take away", []string{"internal/observatoryweb"}},
	"github.com/alecthomas/kong":          {"command line", []string{"internal/cli"}},
	"github.com/prometheus/client_golang": {"metrics", []string{"internal/web", "internal/cli"}},
	"github.com/andybalholm/brotli":       {"compression", []string{"internal/web", "internal/atlasweb", "internal/api"}},
	"github.com/klauspost/compress":       {"compression", []string{"internal/web", "internal/atlasweb", "internal/api", "internal/snapshot", "internal/pipeline"}},
	"github.com/goccy/go-yaml":            {"method files of an index, publiccode.yml", []string{"internal/indicator", "internal/harvest"}},
	"github.com/mattn/go-isatty":          {"progress on a terminal only", []string{"internal/cli"}},
	"github.com/evanw/esbuild":            {"scripts and styles, as a Go tool", nil},
	"github.com/wneessen/go-mail":         {"SMTP", []string{"internal/mail"}},
	"filippo.io/age":                      {"encryption of backups", []string{"internal/cli"}},
	"golang.org/x/crypto":                 {"argon2id", []string{"internal/signin"}},
	"github.com/go-webauthn/webauthn":     {"passkeys", []string{"internal/signin"}},
	"github.com/coreos/go-oidc/v3":        {"OpenID Connect", []string{"internal/signin"}},
	"golang.org/x/oauth2":                 {"OpenID Connect", []string{"internal/signin"}},
	"rsc.io/qr":                           {"QR codes", []string{"internal/signin"}},
	"github.com/minio/minio-go/v7":        {"servers that speak S3", []string{"internal/blob"}},
	"golang.org/x/image":                  {"reading WebP", []string{"internal/media"}},
	"github.com/github/go-spdx/v2":        {"licence names of the SPDX list", []string{"internal/commons", "internal/harvest"}},
	"github.com/piprate/json-gold":        {"reading JSON-LD", []string{"internal/dcat"}},
	"github.com/kljensen/snowball":        {"stems of French and English words", []string{"internal/search"}},
	"golang.org/x/text":                   {"plurals, folding of accents", []string{"*"}},
	"golang.org/x/sync":                   {"groups of goroutines", []string{"*"}},
	"golang.org/x/net":                    {"HTML parsing", []string{"internal/web"}},
	"golang.org/x/sys":                    {"process memory, file locks", []string{"internal/cli", "internal/pipeline"}},

	"github.com/italia/publiccode-parser-go/v5": {"rules of publiccode.yml", []string{"internal/harvest"}},

	"github.com/google/go-cmp":        {"differences in tests", nil},
	"github.com/paulmach/orb":         {"a second opinion on geometry and tiles, in tests", nil},
	"google.golang.org/protobuf":      {"reading vector tiles in tests", nil},
	"github.com/PuerkitoBio/goquery":  {"reading pages in tests", nil},
	"github.com/rogpeppe/go-internal": {"scenarios on the built binary", nil},
	"github.com/chromedp/chromedp":    {"a real browser in tests", nil},
	"github.com/chromedp/cdproto":     {"a real browser in tests", nil},
}
