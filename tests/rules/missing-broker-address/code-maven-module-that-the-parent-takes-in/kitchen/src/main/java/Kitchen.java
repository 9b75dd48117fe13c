class Kitchen { public static void main(String[] words) { } }
