package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"prorata/jobs/durable"
)

// What lies beside the ledger, the state of the schedule and of the notices, is
// small, and is replaced whole or not at all.

// readState reads a state; where there is none v stays as it is. One that cannot
// be read is an error: what it knew was done must not be done again.
func readState(name string, v any) error {
	body, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w; move it away to begin anew from what the ledger says", name, err)
	}
	return nil
}

// writeState replaces a state.
func writeState(name string, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return durable.Replace(durable.StateWrite, name, durable.Private, append(body, '\n'))
}
