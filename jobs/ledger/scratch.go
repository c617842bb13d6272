package ledger

import "fmt"

// OpenScratch makes a ledger in an empty folder that is thrown away: it is made
// durable by nothing, and its archive is empty.
func OpenScratch(path string) (*Ledger, error) {
	l, err := Open(path)
	if err != nil {
		return nil, err
	}
	l.scratch = true
	l.db.SetMaxOpenConns(1) // a pragma is of one connection
	if _, err := l.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		l.Close()
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	return l, nil
}

// Begin gives a file of a scratch ledger its number, as Add does, without
// keeping it.
func (i *Import) Begin(name string, size int64) (File, error) {
	if i.reading != nil {
		return File{}, fmt.Errorf("taking in %s: input %d, %s, has not ended", name, i.reading.N, i.reading.Name)
	}
	i.files = append(i.files, File{N: i.next, Run: i.run, Name: name, SHA256: fmt.Sprintf("not kept, %d", i.next), Size: size})
	i.next++
	i.reading = &i.files[len(i.files)-1]
	i.arrived = arrived{}
	return *i.reading, nil
}
