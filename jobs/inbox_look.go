package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// The folders that ingest keeps in the inbox. Any other folder is a sender's.
const (
	processedFolder = "processed" // what was read, by the date on which it was
	returnedFolder  = "returned"  // what has refused rows, with a note that says which
	takenFolder     = ".taken"    // what is being read
)

// dropped is a file that lies in the inbox.
type dropped struct {
	sender string // the folder it lies in; empty for the inbox itself
	name   string
	size   int64
	when   time.Time
	unread error // why it is a sender's folder that cannot be listed; nil of a file
}

// shown is how the file is named on the books and in reports: never a path.
func (d *dropped) shown() string { return shownName(d.sender, d.name) }

// shownName is the name of a sender's file on the books.
func shownName(sender, name string) string {
	if sender == "" {
		return name
	}
	return sender + " - " + name
}

func (d *dropped) in(dir string) string { return filepath.Join(dir, d.sender, d.name) }

// unfinished are the ends of names that programs give to what they still write.
var unfinished = []string{".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", ".!ut", ".swp"}

// lookInto lists the files of the inbox and of its senders' folders, by name. A
// folder that cannot be listed stands for its files, and keeps no other from being.
// Hidden files, temporary names and what a spreadsheet program has open are left
// alone; so are links, which could lead anywhere, what else is no file, and folders in a
// sender's folder: skipped names these.
func lookInto(inbox string) (all []dropped, skipped []string, err error) {
	all, folders, skipped, err := lookFolder(inbox, "")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil, fmt.Errorf("reading the inbox: %w; make the folder, or name another with --inbox", err)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the inbox: %w", err)
	}
	for _, sender := range folders {
		more, deeper, left, err := lookFolder(inbox, sender)
		for _, folder := range deeper {
			left = append(left, shownName(sender, folder)+"/")
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			more = []dropped{{name: sender + "/", unread: err}}
		}
		all, skipped = append(all, more...), append(skipped, left...)
	}
	slices.SortFunc(all, func(a, b dropped) int {
		return cmp.Or(cmp.Compare(a.shown(), b.shown()), cmp.Compare(a.sender, b.sender))
	})
	return all, skipped, nil
}

// logSkipped says in one line of the log what lies in the inbox and is never read, so
// that whoever dropped it learns why.
func logSkipped(log zerolog.Logger, skipped []string) {
	if len(skipped) > 0 {
		log.Warn().Strs("skipped", skipped).Msg("links, what else is no file, or folders in a sender's folder, lie in the inbox and are not read: a link could lead anywhere; drop the files themselves")
	}
}

func lookFolder(inbox, sender string) (files []dropped, folders, skipped []string, err error) {
	entries, err := os.ReadDir(filepath.Join(inbox, sender))
	if err != nil {
		return nil, nil, nil, err
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~"):
		case e.IsDir() && IsSender(name):
			folders = append(folders, name)
		case e.IsDir() || isUnfinished(name) || isOpen(name, names):
		case !e.Type().IsRegular():
			if IsSender(name) { // else ingest's own folder, which may lie elsewhere
				skipped = append(skipped, shownName(sender, name))
			}
		default:
			st, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // taken back meanwhile
			}
			if err != nil {
				return nil, nil, nil, err
			}
			files = append(files, dropped{sender: sender, name: name, size: st.Size(), when: st.ModTime()})
		}
	}
	return files, folders, skipped, nil
}

func isUnfinished(name string) bool {
	return slices.ContainsFunc(unfinished, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) })
}

// isOpen reports whether a spreadsheet program has the file open: Excel lays
// ~$NAME beside it, LibreOffice .~lock.NAME#.
func isOpen(name string, beside map[string]bool) bool {
	return beside["~$"+name] || beside[".~lock."+name+"#"]
}
