/// Tables made, changed and dropped by SQL, through the controllers.
@NullMarked
package io.cuvee.broker.ddl;

import org.jspecify.annotations.NullMarked;
