/// Proofs that no fault makes an answer wrong: processes that die, bytes that rot.
@NullMarked
package io.cuvee.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
