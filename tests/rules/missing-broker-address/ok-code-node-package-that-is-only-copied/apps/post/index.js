require('@town/events').producer().connect();
