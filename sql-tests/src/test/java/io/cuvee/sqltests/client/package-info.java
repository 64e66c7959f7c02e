/// What JDBC clients and tools do.
@NullMarked
package io.cuvee.sqltests.client;

import org.jspecify.annotations.NullMarked;
