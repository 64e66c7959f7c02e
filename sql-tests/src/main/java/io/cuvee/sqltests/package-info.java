/// SQL scripts, client compatibility, cluster and fault tests over real processes.
@NullMarked
package io.cuvee.sqltests;

import org.jspecify.annotations.NullMarked;
