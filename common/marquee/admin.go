package marquee

import "context"

// UserState narrows a list of accounts down.
type UserState string

// The states of accounts.
const (
	UsersActive    UserState = "active"
	UsersDisabled  UserState = "disabled"
	UsersSuperuser UserState = "superuser" // active or not
)

// UserFilter says which accounts, and which page of them.
type UserFilter struct {
	Query string    // a part of user name or address, case aside; "" for all
	State UserState // "" for all
	Page  PageRequest
}

// UserPage is one page of accounts by user name. Cursors are opaque.
type UserPage struct {
	Items      []User  `json:"items"`
	NextCursor *string `json:"next_cursor"`
	PrevCursor *string `json:"prev_cursor"`
	Total      int     `json:"total"`
	TotalIs    string  `json:"total_is"` // TotalExact or TotalAtLeast, from 10,000 on
}

// UserChange is what a superuser may change of an account; nil leaves a member
// as it is.
type UserChange struct {
	IsActive    *bool `json:"is_active,omitempty"`
	IsSuperuser *bool `json:"is_superuser,omitempty"`
}

// AdminService is what a superuser may do with the accounts of others. The
// same holds of its methods as of those of AuthService; besides, each returns
// CodeForbidden to who is no active superuser at that moment.
type AdminService interface {
	// Users lists accounts by user name. CodeInvalid for a bad filter or
	// cursor. Of PageRequest.At only "end" is known.
	Users(ctx context.Context, f UserFilter) (UserPage, error)
	// ChangeUser disables an account, which ends its sessions at once, enables
	// it, and makes somebody a superuser or one no more. CodeStepUpRequired;
	// CodeNotFound; CodeOwnAccount for disabling oneself; CodeLastSuperuser
	// where no active superuser would be left.
	ChangeUser(ctx context.Context, id string, c UserChange) (User, error)
}
