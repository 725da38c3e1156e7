package marquee

import (
	"context"
	"io"
)

// Deletion is what a person gives to have his account deleted.
type Deletion struct {
	CurrentPassword string `json:"current_password"`
	Origin          Origin `json:"-"`
}

// PersonalDataService is what a person may do with all that is held of him.
// The same holds of its methods as of those of AuthService.
type PersonalDataService interface {
	// ExportMe writes an Export of the acting person as JSON. An error after
	// the first byte says that what was written is not whole.
	// CodeStepUpRequired, CodeTooManyRequests.
	ExportMe(ctx context.Context, w io.Writer) error
	// DeleteMe deletes the acting person's account with all that is his, and
	// ends his sessions. CodeStepUpRequired, CodeWrongPassword,
	// CodeTooManyRequests, CodeLastSuperuser.
	DeleteMe(ctx context.Context, d Deletion) error
}
