/// The minion role: a process that leases background tasks and does them.
@NullMarked
package io.cuvee.minion;

import org.jspecify.annotations.NullMarked;
