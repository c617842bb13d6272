package table

import (
	"bytes"
	"io"
	"strings"
)

// unreadMark begins an UnreadNote.
const unreadMark = "prorata could not read this file: "

// UnreadNote is a note that stands for a file or a folder that could not be read, with the reason why
// and where that was. Open tells it as a Problem: what is kept of the file says to
// every later reader what it said on its night.
func UnreadNote(why, where string) []byte {
	return []byte(unreadMark + strings.ReplaceAll(why, "\n", " ") + "\n" + where + "\n")
}

// readNote recognises such a note.
func readNote(r io.ReaderAt, size int64) (*Problem, error) {
	note := make([]byte, min(size, 4<<10))
	if err := readFull(r, note, 0); err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(note, []byte("\n"))
	why, ok := bytes.CutPrefix(line, []byte(unreadMark))
	if !ok {
		return nil, nil
	}
	return &Problem{"Unread", cutValue(string(why)), "a file or a folder that prorata can read", "let the user who runs prorata read it, or drop it again: the next night takes it"}, nil
}
