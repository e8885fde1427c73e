export { Auth, type AuthOptions, type RequestPrincipal } from './auth';
export { type DemoAccount } from './demo/demo-pages';
export { DemoProvider, type DemoProviderOptions } from './demo/demo-provider';
export type { CompanyRef, Directory, Identity, Principal, SignInOutcome } from './directory';
export { type ProviderStatus } from './discovery';
export { AuthModule, CurrentPrincipal, Public, SignedInGuard } from './nest';
export {
  type NewToken,
  PersonalTokens,
  TOKEN_SCOPES,
  type TokenInfo,
  type TokenOwner,
  type TokenScope,
} from './personal-tokens';
export { mountAuth } from './routes';
export { type SessionChange } from './sessions';
