/** May do everything in the company. */
export const ADMIN_ROLE = 'admin';

/** Every member has it; what it may do, the grants of the modules say. */
export const USER_ROLE = 'user';
