// At home in core since the failures of flows need eigenvalues too.
export { determinant, eigenvalues, solve } from "../core/dense-general.js";
