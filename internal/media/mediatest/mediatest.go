package mediatest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/media"
)

// Store is what is under test: each change must show in the record.
type Store interface {
	media.Store
	audit.Store
}

// Run checks a store against the contract. Open gives an empty store, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Store)
	}{
		{"comes back as added, in the record", added},
		{"nothing without bytes claimed", unclaimed},
		{"the second of two sees both versions", stale},
		{"a refusal leaves all as it was", refusedChange},
		{"removed", removed},
		{"erasing who gave it leaves it to its subject", erased},
		{"orphans are taken once, and not before their time", orphans},
		{"what is being removed cannot be claimed", going},
		{"a removal that was abandoned is taken up", abandoned},
		{"strays", strays},
		{"of many servers one takes each", shared},
		{"no attachment is without its bytes", race},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

var ada = audit.Person("ada")

func sum(n int) string { return fmt.Sprintf("%064x", n) }

func attachment(n int) media.Attachment {
	return media.Attachment{
		ID: fmt.Sprintf("id%d", n), Subject: "mandate:1", Name: "Délibération « 3 ».pdf", Alt: "é\u202f😀", Type: media.PDF, SHA256: sum(n), Size: int64(n) + 1<<33,
		Width: 3, Height: 4, Public: n%2 == 0, By: ada, At: time.Date(2026, 1, 2, 3, 4, 5+n, 123456000, time.UTC), Version: 1,
	}
}

func claim(t *testing.T, s Store, a media.Attachment) {
	t.Helper()
	b := []media.Blob{{Sum: a.SHA256, Size: a.Size}}
	if a.Small != "" {
		b = append(b, media.Blob{Sum: a.Small, Size: 5})
	}
	if err := s.ClaimBlobs(t.Context(), b...); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, s Store, a media.Attachment) {
	t.Helper()
	claim(t, s, a)
	if err := s.AddAttachment(t.Context(), a.By, a); err != nil {
		t.Fatal(err)
	}
}

func whole(t *testing.T, s Store, rows int64) {
	t.Helper()
	if r, err := audit.Verify(t.Context(), s); err != nil || r.Rows != rows || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v, want %d rows", r, err, rows)
	}
}

func added(t *testing.T, s Store) {
	one, two, other := attachment(1), attachment(2), attachment(3)
	two.Small, two.At = sum(9), one.At.Add(-time.Hour)
	other.Subject, other.SHA256 = "mandate:2", one.SHA256
	other.Size = one.Size
	for _, a := range []media.Attachment{one, two, other} {
		add(t, s, a)
	}
	for _, want := range []media.Attachment{one, two, other} {
		got, err := s.Attachment(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s, %v (-want +got):\n%s", want.ID, err, diff)
		}
	}
	got, err := s.Attachments(t.Context(), "mandate:1")
	if diff := cmp.Diff([]media.Attachment{two, one}, got); diff != "" || err != nil {
		t.Errorf("of the subject, the oldest first, %v (-want +got):\n%s", err, diff)
	}
	for _, id := range []string{"", "nobody", "\x00", "\xff", "' OR 1=1 --"} {
		if _, err := s.Attachment(t.Context(), id); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("attachment %q: %v, want fault.NotFound", id, err)
		}
	}
	kept, err := s.KeptBlobs(t.Context())
	if err != nil || len(kept) != 3 || kept[0].Sum != sum(1) || kept[0].Size != one.Size || !kept[2].Used {
		t.Errorf("kept are %+v, %v", kept, err)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Subject: "attachment:id1"})
	if err != nil || len(rows) != 1 || rows[0].By != ada || rows[0].Action != "media.add" || !strings.Contains(rows[0].Became, sum(1)) {
		t.Errorf("the record says %+v, %v", rows, err)
	}
	if strings.Contains(rows[0].Became, one.Name) {
		t.Errorf("the record has the person's words in clear: %s", rows[0].Became)
	}
	whole(t, s, 3)
}

func unclaimed(t *testing.T, s Store) {
	if err := s.AddAttachment(t.Context(), ada, attachment(1)); err == nil {
		t.Error("an attachment was added whose bytes nobody claimed")
	}
	a := attachment(1)
	claim(t, s, a)
	a.Small = sum(2)
	if err := s.AddAttachment(t.Context(), ada, a); err == nil {
		t.Error("an attachment was added whose rendition nobody claimed")
	}
	if got, err := s.Attachments(t.Context(), a.Subject); len(got) > 0 || err != nil {
		t.Errorf("there are %v, %v", got, err)
	}
	whole(t, s, 0)
}

func renamed(alt string) func(media.Attachment) (media.Attachment, error) {
	return func(a media.Attachment) (media.Attachment, error) {
		a.Alt, a.Public = alt, !a.Public
		a.SHA256, a.Subject, a.By = "other", "other", audit.System // what no update changes
		return a, nil
	}
}

func stale(t *testing.T, s Store) {
	a := attachment(1)
	add(t, s, a)
	got, err := s.UpdateAttachment(t.Context(), audit.Person("bob"), a.ID, 1, renamed("two"))
	want := a
	want.Alt, want.Public, want.Version = "two", true, 2
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("updated, %v (-want +got):\n%s", err, diff)
	}
	if got, err := s.Attachment(t.Context(), a.ID); err != nil || got != want {
		t.Errorf("it reads %+v, %v", got, err)
	}
	_, err = s.UpdateAttachment(t.Context(), ada, a.ID, 1, renamed("three"))
	clash, ok := errors.AsType[*fault.Stale[media.Attachment]](err)
	if !ok || clash.Theirs.Alt != "two" || clash.Yours.Alt != "three" {
		t.Errorf("the second writer gets %v", err)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "media.update"})
	if err != nil || len(rows) != 1 || rows[0].Was == "" || rows[0].By != audit.Person("bob") {
		t.Errorf("the record says %+v, %v", rows, err)
	}
	whole(t, s, 2)
}

func refusedChange(t *testing.T, s Store) {
	a := attachment(1)
	add(t, s, a)
	no := fault.New(fault.Invalid, "media.alt_long", 1)
	if _, err := s.UpdateAttachment(t.Context(), ada, a.ID, 1, func(media.Attachment) (media.Attachment, error) { return media.Attachment{}, no }); !errors.Is(err, no) {
		t.Errorf("a refused change: %v", err)
	}
	if _, err := s.UpdateAttachment(t.Context(), ada, "none", 1, renamed("x")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a change of nothing: %v, want fault.NotFound", err)
	}
	if got, err := s.Attachment(t.Context(), a.ID); err != nil || got != a {
		t.Errorf("it reads %+v, %v", got, err)
	}
	whole(t, s, 1)
}

func removed(t *testing.T, s Store) {
	a := attachment(1)
	add(t, s, a)
	if err := s.RemoveAttachment(t.Context(), ada, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Attachment(t.Context(), a.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("once removed: %v, want fault.NotFound", err)
	}
	if err := s.RemoveAttachment(t.Context(), ada, a.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("removed twice: %v, want fault.NotFound", err)
	}
	kept, err := s.KeptBlobs(t.Context())
	if err != nil || len(kept) != 1 || kept[0].Used {
		t.Errorf("its bytes are left to a sweep: %+v, %v", kept, err)
	}
	whole(t, s, 2)
}

func erased(t *testing.T, s Store) {
	a, b := attachment(1), attachment(2)
	b.By = audit.Person("bob")
	add(t, s, a)
	add(t, s, b)
	if err := s.Erase(t.Context(), audit.System, "ada"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Attachment(t.Context(), a.ID)
	if a.By = ""; err != nil || got != a {
		t.Errorf("it reads %+v, %v, want it without who gave it", got, err)
	}
	if got, err := s.Attachment(t.Context(), b.ID); err != nil || got != b {
		t.Errorf("another's reads %+v, %v", got, err)
	}
	if err := s.RemoveAttachment(t.Context(), audit.System, a.ID); err != nil {
		t.Error(err)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "media.remove"})
	if err != nil || len(rows) != 1 || strings.Contains(rows[0].Was, a.Name) {
		t.Errorf("the record has words that nobody can erase: %+v, %v", rows, err)
	}
	whole(t, s, 4)
}

// Moments before which bytes were used last, seen from far off.
var (
	past   = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	future = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func take(t *testing.T, s Store, before, abandoned time.Time) []string {
	t.Helper()
	sums, err := s.TakeOrphans(t.Context(), before, abandoned, 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sums)
	return sums
}

func orphans(t *testing.T, s Store) {
	used, small, gone := attachment(1), attachment(2), attachment(3)
	small.Small = sum(9)
	for _, a := range []media.Attachment{used, small, gone} {
		add(t, s, a)
	}
	claim(t, s, attachment(4))
	if err := s.RemoveAttachment(t.Context(), ada, gone.ID); err != nil {
		t.Fatal(err)
	}
	if got := take(t, s, past, past); len(got) > 0 {
		t.Errorf("taken before their time: %v", got)
	}
	if got, want := take(t, s, future, past), []string{sum(3), sum(4)}; !slices.Equal(got, want) {
		t.Errorf("taken are %v, want %v", got, want)
	}
	if got := take(t, s, future, past); len(got) > 0 {
		t.Errorf("taken twice: %v", got)
	}
	for _, n := range []int{3, 4} {
		if err := s.BlobGone(t.Context(), sum(n)); err != nil {
			t.Error(err)
		}
	}
	if err := s.BlobGone(t.Context(), sum(1)); err == nil {
		t.Error("bytes that nobody took are forgotten")
	}
	kept, err := s.KeptBlobs(t.Context())
	if err != nil || len(kept) != 3 {
		t.Errorf("kept are %+v, %v, want those of two attachments", kept, err)
	}
}

func going(t *testing.T, s Store) {
	a := attachment(1)
	claim(t, s, a)
	take(t, s, future, past)
	if err := s.ClaimBlobs(t.Context(), media.Blob{Sum: sum(2), Size: 1}, media.Blob{Sum: a.SHA256, Size: a.Size}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("claiming what is being removed: %v, want fault.Unavailable", err)
	}
	if err := s.AddAttachment(t.Context(), ada, a); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("adding what is being removed: %v, want fault.Unavailable", err)
	}
	if err := s.BlobGone(t.Context(), a.SHA256); err != nil {
		t.Fatal(err)
	}
	add(t, s, a)
	if kept, err := s.KeptBlobs(t.Context()); err != nil || len(kept) != 1 {
		t.Errorf("a claim refused left something: %+v, %v", kept, err)
	}
}

func abandoned(t *testing.T, s Store) {
	claim(t, s, attachment(1))
	for range 2 {
		if got := take(t, s, future, future); !slices.Equal(got, []string{sum(1)}) {
			t.Errorf("taken are %v", got)
		}
	}
}

func strays(t *testing.T, s Store) {
	add(t, s, attachment(1))
	for n, want := range map[int]bool{1: false, 2: true} {
		if taken, err := s.TakeStray(t.Context(), sum(n)); taken != want || err != nil {
			t.Errorf("stray %d: %t, %v, want %t", n, taken, err, want)
		}
	}
	if taken, err := s.TakeStray(t.Context(), sum(2)); taken || err != nil {
		t.Errorf("taken twice: %v", err)
	}
	if err := s.BlobGone(t.Context(), sum(2)); err != nil {
		t.Error(err)
	}
	whole(t, s, 1)
}

func shared(t *testing.T, s Store) {
	const all = 60
	for n := range all {
		claim(t, s, attachment(n))
	}
	var mu sync.Mutex
	times := map[string]int{}
	var servers sync.WaitGroup
	for range 4 {
		servers.Go(func() {
			for {
				sums, err := s.TakeOrphans(t.Context(), future, past, 7)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, x := range sums {
					times[x]++
				}
				mu.Unlock()
				if len(sums) == 0 {
					return
				}
			}
		})
	}
	servers.Wait()
	// One that finds what it chose taken comes home with less: the rest waits for the next sweep.
	for _, x := range take(t, s, future, past) {
		times[x]++
	}
	for n := range all {
		if times[sum(n)] != 1 {
			t.Errorf("%d servers took %s", times[sum(n)], sum(n))
		}
	}
}

// race adds, removes and sweeps the same few bytes at once, without any grace.
// Wherever a row says so, its bytes must be there.
func race(t *testing.T, s Store) {
	var mu sync.Mutex
	there := map[string]bool{}
	set := func(x string, v bool) {
		mu.Lock()
		defer mu.Unlock()
		there[x] = v
	}
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		kept, err := s.KeptBlobs(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, k := range kept {
			if k.Used && !there[k.Sum] {
				t.Errorf("the bytes %s of an attachment are gone", k.Sum)
			}
		}
	}
	var all sync.WaitGroup
	for w := range 3 {
		all.Go(func() {
			for n := range 25 {
				a := attachment(n % 3)
				a.ID = fmt.Sprintf("w%d-%d", w, n)
				if err := s.ClaimBlobs(t.Context(), media.Blob{Sum: a.SHA256, Size: a.Size}); err != nil {
					if fault.CodeOf(err) != fault.Unavailable {
						t.Error(err)
					}
					continue
				}
				set(a.SHA256, true)
				if err := s.AddAttachment(t.Context(), ada, a); err != nil {
					// Swept between the two, which grace forbids outside of this test.
					if fault.CodeOf(err) != fault.Unavailable {
						t.Error(err)
					}
					continue
				}
				if n%2 == 0 {
					if err := s.RemoveAttachment(t.Context(), ada, a.ID); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Go(func() {
		for range 40 {
			sums, err := s.TakeOrphans(t.Context(), time.Now().Add(-30*time.Millisecond), past, 10)
			if err != nil {
				t.Error(err)
			}
			for _, x := range sums {
				set(x, false)
				if err := s.BlobGone(t.Context(), x); err != nil {
					t.Error(err)
				}
			}
			check()
		}
	})
	all.Wait()
	check()
}
