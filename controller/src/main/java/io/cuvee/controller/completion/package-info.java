/// Decides where consuming segments end and whose sealed form counts, so that each message of a
/// stream is counted exactly once whatever is lost, doubled or killed.
@NullMarked
package io.cuvee.controller.completion;

import org.jspecify.annotations.NullMarked;
