class Menu { public static void main(String[] words) { } }
