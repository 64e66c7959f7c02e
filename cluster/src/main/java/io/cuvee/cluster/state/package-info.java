/// The state that all roles agree on: who lives, what each server should hold, what it does hold,
/// and the metadata of tables.
@NullMarked
package io.cuvee.cluster.state;

import org.jspecify.annotations.NullMarked;
