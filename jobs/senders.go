package jobs

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"prorata/importers"
)

// Sender is what is known of whoever drops files into a folder of the inbox: how
// they write numbers and dates that nothing else settles (IMP-7), empty as all do,
// and what they call the columns of house sheets: "Vår ref" to RequestId.
type Sender struct {
	Locale  string            `json:"locale,omitempty"`
	Columns map[string]string `json:"columns,omitempty"`
}

// Senders is how the files of an inbox are read. The zero value knows nothing.
type Senders struct {
	locale   string
	known    map[string]Sender
	all      importers.Reading
	readings map[string]importers.Reading
}

// NewSenders takes the locale of all files, empty for none, and senders by the
// names of their folders. An error names the sender, and what there is not.
func NewSenders(locale string, known map[string]Sender) (Senders, error) {
	s := Senders{locale: locale, known: known, readings: map[string]importers.Reading{}}
	var err error
	if s.all, err = importers.NewReading(locale, nil); err != nil {
		return Senders{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		of := known[name]
		if of.Locale == "" {
			of.Locale = locale
		}
		if s.readings[name], err = importers.NewReading(of.Locale, of.Columns); err != nil {
			return Senders{}, fmt.Errorf("sender %s: %w", name, err)
		}
	}
	return s, nil
}

// reading is how a file is read, by the name that it has on the books: that name
// is all that is kept of the folder it lay in, so that a night is verified by it.
// Of senders whose names begin alike the longest is the one.
func (s *Senders) reading(shown string) importers.Reading {
	best, found := "", s.all
	for name, how := range s.readings {
		if len(name) > len(best) && strings.HasPrefix(shown, shownName(name, "")) {
			best, found = name, how
		}
	}
	return found
}

// Shown is the name that a file has on the books when it is dropped where it lies:
// with its sender's, where its folder is that of one who is known.
func (s *Senders) Shown(path string) string {
	sender := filepath.Base(filepath.Dir(path))
	if _, ok := s.known[sender]; !ok {
		sender = ""
	}
	return shownName(sender, filepath.Base(path))
}

// IsSender reports whether a folder of the inbox may be a sender's.
func IsSender(folder string) bool {
	return folder == filepath.Base(folder) && !strings.HasPrefix(folder, ".") && !strings.HasPrefix(folder, "~") && folder != processedFolder && folder != returnedFolder
}
