-- Each company has a database of its own, named after the catalog: rangka_<company>.
GRANT ALL PRIVILEGES ON `rangka\_%`.* TO 'rangka'@'%';
