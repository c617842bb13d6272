package ledger

import "strings"

// texts makes strings of bytes that do not stay, many short ones in one piece of
// memory, which is kept for as long as any of them.
type texts struct{ piece strings.Builder }

const pieceSize = 16 << 10

func (t *texts) of(b []byte) string {
	if t.piece.Cap()-t.piece.Len() < len(b) {
		t.piece = strings.Builder{}
		t.piece.Grow(max(pieceSize, len(b)))
	}
	at := t.piece.Len()
	t.piece.Write(b)
	return t.piece.String()[at:]
}
