package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Head is the last row of the chain at some moment. Noted outside the database,
// it proves later that nothing up to it has changed.
type Head struct {
	Seq  int64
	Hash string // 64 hexadecimal digits, "" before the first row
}

// String is how a head is noted: 1204-9f86d081….
func (h Head) String() string { return strconv.FormatInt(h.Seq, 10) + "-" + h.Hash }

// ParseHead reads what [Head.String] wrote.
func ParseHead(s string) (Head, error) {
	number, hash, _ := strings.Cut(strings.TrimSpace(s), "-")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err == nil && seq == 0 && hash == "" {
		return Head{}, nil
	}
	if b, bad := hex.DecodeString(hash); err != nil || bad != nil || len(b) != sha256.Size || seq < 1 {
		return Head{}, fmt.Errorf("%q is not a chain head such as 12-9f86d0… (a number, a dash, 64 hexadecimal digits)", s)
	}
	return Head{seq, strings.ToLower(hash)}, nil
}

// After gives r its place after h: its number and its hash.
func (r Row) After(h Head) Row {
	r.Seq = h.Seq + 1
	r.Hash = r.hash(h.Hash)
	return r
}

// Head is r as the end of the chain.
func (r Row) Head() Head { return Head{r.Seq, r.Hash} }

// hash is SHA-256 over the hash before and the row, written as a JSON array so
// that no two rows give the same bytes.
func (r Row) hash(before string) string {
	// An array of texts and a number always marshals.
	text, _ := json.Marshal([]any{before, r.Seq, r.At.UTC().Format(time.RFC3339Nano), string(r.By), r.Action, r.Subject, r.Was, r.Became})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
