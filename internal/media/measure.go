package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// picture is what the header of a picture tells, before anything is decoded.
type picture struct {
	kind          Type
	width, height int64
	memory        int64 // bytes that decoding takes, about
	turn          int   // how it is to be shown, 1 to 8 (EXIF 2.32, Orientation); 1 for as it is
}

// The longest side in pixels, and the most passes over a JPEG: a file of a few MB can ask
// for as many as would keep a machine busy for hours.
const (
	maxSide  = 20000
	maxScans = 100
)

func (p picture) within(l Limits) error {
	if p.width <= 0 || p.height <= 0 {
		return damagedBy("media: a picture of %d × %d", p.width, p.height)
	}
	if p.width > maxSide || p.height > maxSide || p.width*p.height > l.Pixels || p.memory > l.Memory {
		return refused("media.refused.pixels", p.width, p.height, l.Pixels/1_000_000)
	}
	return nil
}

// measure reads headers only.
func measure(r io.ReaderAt, size int64) (picture, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 16<<10)
	start, err := in.Peek(12)
	if err != nil {
		return picture{}, damagedFile(err)
	}
	var p picture
	switch start[0] {
	case 0xff:
		p, err = measureJPEG(in)
	case 0x89:
		p, err = measurePNG(in)
	case 'G':
		p.kind = GIF
		p.width, p.height = int64(binary.LittleEndian.Uint16(start[6:])), int64(binary.LittleEndian.Uint16(start[8:]))
		p.memory = p.width * p.height
	default:
		p, err = measureWebP(in)
	}
	if err != nil {
		return picture{}, damagedFile(err)
	}
	if p.turn < 1 || p.turn > 8 {
		p.turn = 1
	}
	return p, nil
}

var errHeader = errors.New("media: the header of a picture cannot be read")

func skip(in *bufio.Reader, n int64) error {
	for n > 0 {
		m, err := in.Discard(int(min(n, 1<<30)))
		if n -= int64(m); err != nil {
			return err
		}
	}
	return nil
}

// measureJPEG walks the segments (ITU-T T.81, annex B).
func measureJPEG(in *bufio.Reader) (picture, error) {
	p := picture{kind: JPEG}
	scans := 0
	inScan := false
	for {
		c, err := in.ReadByte()
		if errors.Is(err, io.EOF) && scans > 0 {
			return p, nil // the decoder says whether what is there suffices
		}
		if err != nil {
			return p, err
		}
		if c != 0xff {
			if inScan {
				continue
			}
			return p, errHeader
		}
		for c == 0xff {
			if c, err = in.ReadByte(); err != nil {
				return p, err
			}
		}
		switch {
		case c == 0 && inScan, c >= 0xd0 && c <= 0xd7, c == 0x01, c == 0xd8:
			continue // a byte of the data, restarts, beginning: no length follows
		case c == 0xd9:
			return p, nil
		}
		inScan = c == 0xda
		if inScan {
			if scans++; scans > maxScans {
				return p, refused("media.refused.bomb").Because(damagedBy("media: a JPEG of more than %d scans", maxScans))
			}
		}
		var length [2]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return p, err
		}
		n := int64(binary.BigEndian.Uint16(length[:])) - 2
		if n < 0 {
			return p, errHeader
		}
		frame := c >= 0xc0 && c <= 0xcf && c != 0xc4 && c != 0xc8 && c != 0xcc
		if !frame && c != 0xe1 {
			if err := skip(in, n); err != nil {
				return p, err
			}
			continue
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(in, b); err != nil {
			return p, err
		}
		if c == 0xe1 {
			if len(b) > 6 && string(b[:6]) == "Exif\x00\x00" && p.turn == 0 {
				p.turn = orientation(b[6:])
			}
			continue
		}
		if err := p.frame(b, c); err != nil {
			return p, err
		}
	}
}

// frame reads a frame header. A progressive picture is kept as coefficients of
// four bytes until it is whole.
func (p *picture) frame(b []byte, marker byte) error {
	if len(b) < 6 || len(b) < 6+3*int(b[5]) || b[5] == 0 || p.width != 0 {
		return errHeader
	}
	p.height, p.width = int64(binary.BigEndian.Uint16(b[1:])), int64(binary.BigEndian.Uint16(b[3:]))
	var all, h, v int64
	for i := range int(b[5]) {
		f := b[7+3*i]
		fh, fv := int64(f>>4), int64(f&15)
		if fh < 1 || fh > 4 || fv < 1 || fv > 4 {
			return errHeader
		}
		all, h, v = all+fh*fv, max(h, fh), max(v, fv)
	}
	each := int64(1)
	if marker == 0xc2 {
		each = 5
	}
	p.memory = p.width * p.height * all * each / (h * v)
	return nil
}

// measurePNG walks the chunks (PNG, third edition, 5 and 11).
func measurePNG(in *bufio.Reader) (picture, error) {
	p := picture{kind: PNG}
	if err := skip(in, 8); err != nil {
		return p, err
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			if errors.Is(err, io.EOF) && p.width > 0 {
				return p, nil
			}
			return p, err
		}
		n := int64(binary.BigEndian.Uint32(head[:]))
		kind := string(head[4:])
		if (kind == "IHDR") != (p.width == 0) {
			return p, errHeader
		}
		if kind == "IEND" {
			return p, nil
		}
		if kind != "IHDR" && (kind != "eXIf" || n > 64<<10) {
			if err := skip(in, n+4); err != nil {
				return p, err
			}
			continue
		}
		if n > 64<<10 {
			return p, errHeader
		}
		b := make([]byte, n+4)
		if _, err := io.ReadFull(in, b); err != nil {
			return p, err
		}
		if kind == "eXIf" {
			p.turn = orientation(b[:n])
			continue
		}
		if n != 13 {
			return p, errHeader
		}
		p.width, p.height = int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:]))
		if p.width == 0 || p.height == 0 {
			return p, errHeader
		}
		if p.width > maxSide || p.height > maxSide {
			return p, nil // refused by its sides; their product may be beyond counting
		}
		each := map[byte]int64{0: 1, 2: 4, 3: 1, 4: 4, 6: 4}[b[9]]
		if b[8] == 16 {
			each *= 2
		}
		p.memory = p.width * p.height * max(each, 1)
		if b[12] != 0 { // interlaced: the parts are decoded apart
			p.memory *= 2
		}
	}
}

// measureWebP walks the chunks (RFC 9649): the picture within may be larger than
// the canvas says.
func measureWebP(in *bufio.Reader) (picture, error) {
	p := picture{kind: WebP}
	if err := skip(in, 12); err != nil {
		return p, err
	}
	var canvasWidth, canvasHeight int64
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			if errors.Is(err, io.EOF) && p.width > 0 {
				break
			}
			return p, err
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		kept := n + n&1
		b := make([]byte, min(n, 16))
		if string(head[:4]) == "EXIF" {
			b = make([]byte, min(n, 64<<10))
		}
		if _, err := io.ReadFull(in, b); err != nil {
			return p, err
		}
		var w, h int64
		switch string(head[:4]) {
		case "VP8X":
			if len(b) < 10 {
				return p, errHeader
			}
			canvasWidth = 1 + int64(b[4]) + int64(b[5])<<8 + int64(b[6])<<16
			canvasHeight = 1 + int64(b[7]) + int64(b[8])<<8 + int64(b[9])<<16
		case "VP8 ":
			if len(b) < 10 {
				return p, errHeader
			}
			w, h = int64(binary.LittleEndian.Uint16(b[6:])&0x3fff), int64(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		case "VP8L":
			if len(b) < 5 {
				return p, errHeader
			}
			bits := int64(binary.LittleEndian.Uint32(b[1:]))
			w, h = 1+bits&0x3fff, 1+bits>>14&0x3fff
		case "ANIM", "ANMF":
			return p, refused("media.refused.animated")
		case "EXIF":
			if len(b) > 6 && string(b[:6]) == "Exif\x00\x00" { // some write it as in a JPEG
				b = b[6:]
			}
			p.turn = orientation(b)
		}
		if w > 0 {
			if p.width != 0 || canvasWidth > 0 && (w != canvasWidth || h != canvasHeight) {
				return p, errHeader
			}
			p.width, p.height = w, h
			p.memory = w * h * 8 // without loss, and the same for the veil over one with loss
		}
		if err := skip(in, kept-int64(len(b))); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return p, err
		}
	}
	if p.width == 0 {
		return p, errHeader
	}
	return p, nil
}

// orientation finds tag 0x0112 in the first directory of EXIF data (TIFF 6.0, 2).
func orientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
