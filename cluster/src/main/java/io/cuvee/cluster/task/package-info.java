/// Background work on tables: what there is to do, who does it, and how far it is.
@NullMarked
package io.cuvee.cluster.task;

import org.jspecify.annotations.NullMarked;
