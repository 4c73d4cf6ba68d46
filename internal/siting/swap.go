package siting

import "math"

// swaps is a set of open columns of a work, improved by exchanges of one open
// column for a closed one (Teitz and Bart 1968), each row remembering its two
// nearest (Whitaker 1983) and what an exchange changes being kept up to date
// around it only (Resende and Werneck 2007).
type swaps struct {
	k      *work
	turn   [][]near
	far    []float64 // distance of a row that nothing serves
	open   []int32   // columns
	place  []int32   // of each column in open, -1 if closed
	c1, c2 []int32   // nearest open columns of each row, -1 for none
	d1, d2 []float64
	loss   []float64 // by column: what closing it costs
	value  float64
	least  int32     // column that costs least to close, -1 if not known
	spent  float64   // fees of what is open
	extra  []float64 // scratch of try
	seen   []int32
	queue  []int32
	queued []bool
	ops    int        // pairs looked at
	log    []exchange // of what was done since the last mark
}

type exchange struct{ in, out int32 } // -1 for none

func newSwaps(k *work) *swaps {
	n, m := len(k.w), len(k.cols)
	s := &swaps{k: k, turn: k.columns(), far: make([]float64, n), place: make([]int32, m),
		c1: make([]int32, n), c2: make([]int32, n), d1: make([]float64, n), d2: make([]float64, n),
		loss: make([]float64, m), extra: make([]float64, m), queued: make([]bool, m)}
	for i := range s.far {
		if s.far[i] = k.out[i]; math.IsInf(s.far[i], 1) || k.reach[i] < s.far[i] {
			s.far[i] = min(s.far[i], 2*k.reach[i]+1e-9)
		}
	}
	for j := range s.place {
		s.place[j] = -1
	}
	return s
}

// set opens the columns given and no other.
func (s *swaps) set(open []int32) {
	for _, j := range s.open {
		s.place[j] = -1
	}
	s.open = append(s.open[:0], open...)
	for x, j := range s.open {
		s.place[j] = int32(x)
	}
	s.least = -1
	clear(s.loss)
	s.value, s.spent = s.k.base, 0
	for _, j := range s.open {
		s.pay(j, 1)
	}
	for i := range s.c1 {
		s.look(int32(i))
		s.count(int32(i), 1)
	}
	for s.spent > s.k.money {
		// What gives back most money for what it is worth goes.
		least, at := math.Inf(1), int32(-1)
		for _, c := range s.open {
			if x := s.loss[c] / s.fee(c); s.fee(c) > 0 && x < least {
				least, at = x, c
			}
		}
		if at < 0 {
			break
		}
		s.apply(-1, at, false)
	}
	s.log = s.log[:0]
	s.wakeAll()
}

func (s *swaps) wakeAll() {
	s.queue = s.queue[:0]
	for j := range s.queued {
		s.queued[j] = true
		s.queue = append(s.queue, int32(j))
	}
}

// look finds the two nearest open columns of a row.
func (s *swaps) look(i int32) {
	far := s.far[i]
	s.c1[i], s.c2[i], s.d1[i], s.d2[i] = -1, -1, far, far
	for _, e := range s.k.rows[i] {
		if s.place[e.j] >= 0 {
			if s.c1[i] < 0 {
				s.c1[i], s.d1[i] = e.j, float64(e.d)
			} else {
				s.c2[i], s.d2[i] = e.j, float64(e.d)
				return
			}
		}
	}
}

// pay counts the fee of a column opened or closed.
func (s *swaps) pay(j int32, sign float64) {
	if s.k.fee != nil {
		s.spent += sign * s.k.fee[j]
		if s.k.toll {
			s.value += sign * s.k.fee[j]
		}
	}
}

// count adds or takes away what a row brings to value and loss.
func (s *swaps) count(i int32, sign float64) {
	w := sign * s.k.w[i]
	s.value += w * s.d1[i]
	if c := s.c1[i]; c >= 0 {
		s.loss[c] += w * (s.d2[i] - s.d1[i])
	}
}

// gain is what opening column j and closing the best other one would bring;
// with room for one more column none is closed.
func (s *swaps) gain(j int32, room bool) (gain float64, out int32) {
	s.seen = s.seen[:0]
	s.ops += len(s.turn[j]) + 8
	for _, e := range s.turn[j] {
		i, d := e.j, float64(e.d)
		if d >= s.d2[i] {
			continue
		}
		w := s.k.w[i]
		d1 := s.d1[i]
		if d < d1 {
			gain += w * (d1 - d)
			d = d1
		}
		if c := s.c1[i]; c >= 0 {
			if s.extra[c] == 0 {
				s.seen = append(s.seen, c)
			}
			s.extra[c] += w * (s.d2[i] - d)
		}
	}
	best := math.Inf(-1)
	out = -1
	need := 0.0
	if s.k.fee != nil {
		need = s.spent + s.k.fee[j] - s.k.money
		if s.k.toll {
			gain -= s.k.fee[j]
		}
	}
	if room && need <= 0 {
		best = 0
	}
	for _, c := range s.seen {
		if x := s.extra[c] - s.hold(c); s.fee(c) >= need && (x > best || x == best && out >= 0 && c < out) {
			best, out = x, c
		}
		s.extra[c] = 0
	}
	if need > 0 {
		for _, c := range s.open {
			if x := -s.hold(c); x > best && s.fee(c) >= need {
				best, out = x, c
			}
		}
		return gain + best, out
	}
	if s.least < 0 {
		for _, c := range s.open {
			if s.least < 0 || s.hold(c) < s.hold(s.least) {
				s.least = c
			}
		}
	}
	if s.least >= 0 && -s.hold(s.least) > best {
		best, out = -s.hold(s.least), s.least
	}
	return gain + best, out
}

// fee is what closing a column gives back.
func (s *swaps) fee(c int32) float64 {
	if s.k.fee == nil {
		return 0
	}
	return s.k.fee[c]
}

// hold is what closing a column costs.
func (s *swaps) hold(c int32) float64 {
	if s.k.toll {
		return s.loss[c] - s.k.fee[c]
	}
	return s.loss[c]
}

// do opens in and closes out, either -1 for none, and wakes the columns around.
func (s *swaps) do(in, out int32) {
	s.log = append(s.log, exchange{in, out})
	s.apply(in, out, true)
}

func (s *swaps) apply(in, out int32, wake bool) {
	s.least = -1
	switch {
	case in >= 0 && out >= 0:
		s.place[in], s.place[out] = s.place[out], -1
		s.open[s.place[in]] = in
	case in >= 0:
		s.place[in] = int32(len(s.open))
		s.open = append(s.open, in)
	case out >= 0:
		last := s.open[len(s.open)-1]
		s.open[s.place[out]] = last
		s.place[last] = s.place[out]
		s.place[out] = -1
		s.open = s.open[:len(s.open)-1]
	}
	if out >= 0 {
		s.pay(out, -1)
		for _, e := range s.turn[out] {
			if i := e.j; s.c1[i] == out || s.c2[i] == out {
				s.count(i, -1)
				s.look(i)
				s.count(i, 1)
				if wake {
					s.wake(i)
				}
			}
		}
		s.loss[out] = 0
	}
	if in >= 0 {
		s.pay(in, 1)
		for _, e := range s.turn[in] {
			i, d := e.j, float64(e.d)
			if s.c1[i] == in || s.c2[i] == in || d >= s.d2[i] {
				continue
			}
			s.count(i, -1)
			if d < s.d1[i] {
				s.c2[i], s.d2[i] = s.c1[i], s.d1[i]
				s.c1[i], s.d1[i] = in, d
			} else {
				s.c2[i], s.d2[i] = in, d
			}
			s.count(i, 1)
			if wake {
				s.wake(i)
			}
		}
	}
}

// wake puts the closed columns that could serve a row on the list of those to try.
func (s *swaps) wake(i int32) {
	for _, e := range s.k.rows[i] {
		if float64(e.d) >= s.d2[i] {
			return
		}
		if !s.queued[e.j] {
			s.queued[e.j] = true
			s.queue = append(s.queue, e.j)
		}
	}
}

// improve exchanges until no exchange of the columns on the list helps.
func (s *swaps) improve(stop func() bool) {
	for at := 0; at < len(s.queue); at++ {
		j := s.queue[at]
		s.queued[j] = false
		if at > 1<<16 && 2*at > len(s.queue) {
			s.queue = append(s.queue[:0], s.queue[at+1:]...)
			at = -1
		}
		if s.place[j] >= 0 {
			continue
		}
		gain, out := s.gain(j, len(s.open) < s.k.p)
		if gain > 1e-9*(1+s.value/float64(len(s.k.w))) {
			s.do(j, out)
		}
		if at&63 == 0 && stop() {
			for _, j := range s.queue[at+1:] {
				s.queued[j] = false
			}
			break
		}
	}
	s.queue = s.queue[:0]
	for x := 0; s.k.toll && x < len(s.open); x++ {
		if c := s.open[x]; s.hold(c) < -1e-9*s.k.fee[c] {
			s.do(-1, c)
			x = -1
		}
	}
	for _, j := range s.queue {
		s.queued[j] = false
	}
	s.queue = s.queue[:0]
}

// undo goes back to where the log began.
func (s *swaps) undo() {
	for x := len(s.log) - 1; x >= 0; x-- {
		s.apply(s.log[x].out, s.log[x].in, false)
	}
	s.log = s.log[:0]
}
