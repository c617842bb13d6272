package invoicing

import "testing"

// ELG-1: who may return is asked of the role, not of how it is written.
func TestRolesAsPeopleWriteThem(t *testing.T) {
	roles := []string{"Owner", "AdminAgent"}
	for role, may := range map[string]bool{"Owner": true, "owner": true, "OWNER": true, "AdminAgent": true, "Admin agent": true, "admin-agent": true,
		"": false, " ": false, "Reader": false, "Co-owner": false, "Admin": false} {
		d := Decision{Request: Request{Role: role}}
		d.judgeRole(roles)
		if d.Reasons.Has(NotOwner) == may {
			t.Errorf("%q may ask: %v, want %v", role, !may, may)
		}
	}
}
