package geo

import (
	"strings"
	"sync"
)

// shelf keeps the long answers by name that are asked again and again while
// people type: "sai" begins 4,700 names. It holds no more than shelfSize.
type shelf struct {
	mu   sync.RWMutex
	kept map[string]*shelved
	size int
}

type shelved struct {
	body   []byte
	packed packed
}

const (
	shelfSize  = 16 << 20
	worthShelf = 32 << 10 // shorter answers are made as fast as they are found
)

func (s *shelf) get(query string) *shelved {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.kept[query]
}

// put keeps a copy of an answer, and lets others go to make room, whichever.
func (s *shelf) put(query string, body []byte) {
	if len(body) < worthShelf || len(body) > shelfSize/4 {
		return
	}
	e := &shelved{body: append([]byte(nil), body...)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]*shelved{}
	}
	if s.kept[query] != nil {
		return
	}
	for other, o := range s.kept {
		if s.size+len(body) <= shelfSize {
			break
		}
		s.size -= len(o.body)
		delete(s.kept, other)
	}
	s.kept[strings.Clone(query)] = e
	s.size += len(body)
}
