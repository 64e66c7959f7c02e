/// The fixed pool of threads that computes, shared by all queries morsel by morsel.
@NullMarked
package io.cuvee.engine.schedule;

import org.jspecify.annotations.NullMarked;
